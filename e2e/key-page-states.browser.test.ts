import { test } from 'node:test'

import { checkStates } from './states/check-states.ts'
import { keyPageStates } from './states/key-page.ts'

test('no state of the page of a key or of rotating it keeps people out or is too wide: light and wide, dark and at 320 px, pages in all four', (t) =>
  checkStates(t, keyPageStates))
