import type { Expression, SqlBool } from 'kysely'
import { isUnusedSince, type KeyExpressions } from './last-use.ts'

const dayMs = 86_400_000

export const keyStatuses = ['active', 'blocked', 'expired', 'revoked', 'owner_left'] as const

/** Whether a key is let in, and if not, why. `owner_left`: the membership it was made under is gone. `blocked`: by the policy. */
export type KeyStatus = (typeof keyStatuses)[number]

export interface StatusRow {
  readonly expiresAt: number | null
  readonly revokedAt: number | null
  /** The membership it was made under, if that still exists. */
  readonly livingMemberId: string | null
}

/** The status of a key at `now`, the database's time, the policy aside; in the order in which a request would be refused. */
export function keyStatus(key: StatusRow, now: number): Exclude<KeyStatus, 'blocked'> {
  if (key.revokedAt !== null) return 'revoked'
  if (key.expiresAt !== null && key.expiresAt <= now) return 'expired'
  return key.livingMemberId === null ? 'owner_left' : 'active'
}

/** The same, and what the policy blocks, as a condition on what `selectKeyRows` selects from. */
export function hasStatus(status: KeyStatus, now: number) {
  return (builder: KeyExpressions): Expression<SqlBool> => {
    const { eb, and, or, not } = builder
    if (status === 'revoked') return eb('key.revokedAt', 'is not', null)
    if (status === 'expired') return and([eb('key.revokedAt', 'is', null), eb('key.expiresAt', '<=', now)])
    if (status === 'owner_left') return and([isNotOver(builder, now), eb('member.id', 'is', null)])
    const isBlocked = or([breaksExpiry(builder), isIdle(builder, now)])
    return and([isLive(now)(builder), status === 'blocked' ? isBlocked : not(isBlocked)])
  }
}

/** Whether a key is active or blocked, in the same way. */
export function isLive(now: number) {
  return (builder: KeyExpressions): Expression<SqlBool> => builder.and([isNotOver(builder, now), builder.eb('member.id', 'is not', null)])
}

function isNotOver({ eb, and, or }: KeyExpressions, now: number): Expression<SqlBool> {
  return and([eb('key.revokedAt', 'is', null), or([eb('key.expiresAt', 'is', null), eb('key.expiresAt', '>', now)])])
}

/** As blockedBy in server/admission/limits.ts says it; without nulls, so that it can be turned round. */
function breaksExpiry({ eb, and, or }: KeyExpressions): Expression<SqlBool> {
  const hasLongest = eb('policy.maxLifetimeDays', 'is not', null)
  return or([
    and([eb('key.expiresAt', 'is', null), or([eb('policy.needsExpiry', '=', 1), hasLongest])]),
    and([
      eb('key.expiresAt', 'is not', null),
      hasLongest,
      eb(eb('key.expiresAt', '-', eb.ref('key.createdAt')), '>', eb('policy.maxLifetimeDays', '*', dayMs)),
    ]),
  ])
}

/** Neither made, lifted nor used within the days of the policy. */
function isIdle(builder: KeyExpressions, now: number): Expression<SqlBool> {
  const { eb, and, or } = builder
  const since = eb(eb.val(now), '-', eb('policy.maxIdleDays', '*', dayMs))
  return and([
    eb('policy.maxIdleDays', 'is not', null),
    or([eb('key.idleLiftedAt', 'is', null), eb('key.idleLiftedAt', '<=', since)]),
    isUnusedSince(builder, since),
  ])
}
