import { test } from 'node:test'
import { accountStates } from './states/account.ts'
import { auditStates } from './states/audit.ts'
import { checkStates } from './states/check-states.ts'
import { noticeStates } from './states/notices.ts'
import { signInStates } from './states/sign-in.ts'

test('no page, dialog or state of signing in, of the account, of the audit log and of notices keeps people out or is too wide: light and wide, dark and at 320 px, pages in all four', (t) =>
  checkStates(t, [...signInStates, ...accountStates, ...auditStates, ...noticeStates]))
