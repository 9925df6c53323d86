import type { KeyAnswer } from '../server/keys/schema.ts'

export type RevocationReason = NonNullable<KeyAnswer['revokedReason']>

/** Why a key is revoked, as it is shown. */
export const reasonNames: Readonly<Record<RevocationReason, string>> = {
  not_needed: 'Not needed any more',
  exposed: 'Exposed',
  replaced: 'Replaced',
  left: 'Who used it left',
  by_admin: 'By an admin',
  other: 'Something else …',
}

export const reasons = Object.keys(reasonNames) as RevocationReason[]
