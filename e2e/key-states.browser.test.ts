import { test } from 'node:test'

import { checkStates } from './states/check-states.ts'
import { keyStates } from './states/keys.ts'

test('no page, dialog or state of keys keeps people out or is too wide: light and wide, dark and at 320 px, pages in all four', (t) =>
  checkStates(t, keyStates))
