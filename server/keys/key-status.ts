import type { Expression, ExpressionBuilder, SqlBool } from 'kysely'
import type { Tables } from '../database/tables.ts'

export const keyStatuses = ['active', 'expired', 'revoked', 'owner_left'] as const

/** Whether a key is let in, and if not, why. `owner_left`: the membership it was made under is gone. */
export type KeyStatus = (typeof keyStatuses)[number]

export interface StatusRow {
  readonly expiresAt: number | null
  readonly revokedAt: number | null
  /** The membership it was made under, if that still exists. */
  readonly livingMemberId: string | null
}

/** The status of a key at `now`, the database's time, in the order in which a request would be refused. */
export function keyStatus(key: StatusRow, now: number): KeyStatus {
  if (key.revokedAt !== null) return 'revoked'
  if (key.expiresAt !== null && key.expiresAt <= now) return 'expired'
  return key.livingMemberId === null ? 'owner_left' : 'active'
}

/** The same as a condition on `key`, left-joined with `member`. */
export function hasStatus(status: KeyStatus, now: number) {
  return ({ eb, and, or }: ExpressionBuilder<Tables, 'key' | 'member'>): Expression<SqlBool> => {
    if (status === 'revoked') return eb('key.revokedAt', 'is not', null)
    if (status === 'expired') return and([eb('key.revokedAt', 'is', null), eb('key.expiresAt', '<=', now)])
    return and([
      eb('key.revokedAt', 'is', null),
      or([eb('key.expiresAt', 'is', null), eb('key.expiresAt', '>', now)]),
      eb('member.id', status === 'active' ? 'is not' : 'is', null),
    ])
  }
}
