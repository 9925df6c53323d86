import { test } from 'node:test'

import { checkStates } from './states/check-states.ts'
import { keyStates } from './states/keys.ts'

test('no page, dialog or state of keys keeps people out or is too wide: light and dark, wide and at 320 px', (t) =>
  checkStates(t, keyStates))
