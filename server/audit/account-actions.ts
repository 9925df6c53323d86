/** What an account's log tells of. An action is never renamed: programs go by it. docs/audit.md has the same table. */
export const accountActions = {
  account_made: 'The account was made; details: `how` (`set-up`, `invitation`, `sign-up`).',
  account_renamed: 'The person got another name.',
  account_deleted: 'The account was deleted.',
  signed_in: 'A session began.',
  sign_in_failed: 'Somebody tried to sign in and was refused; of no account when there is none with the e-mail address.',
  signed_out: 'A session was ended by itself; details: `sessionId`.',
  session_ended: 'One session was ended from another; details: `sessionId`.',
  other_sessions_ended: 'All sessions but one were ended; details: `sessions`, how many.',
  password_changed: 'The password was changed, and all other sessions ended.',
  wrong_password: 'Who was signed in did not know the password for what needs it.',
  password_reset_link_made:
    'A link that sets a new password was made: by the operator of the server, or, where a request is told, by mail.',
  password_reset: 'A new password was set by such a link, and all sessions ended.',
} as const satisfies Record<string, string>

export type AccountAction = keyof typeof accountActions

export const allAccountActions = Object.keys(accountActions) as AccountAction[]
