import type { Expression, ExpressionBuilder, SqlBool } from 'kysely'
import type { Tables } from '../database/tables.ts'

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

/** The same, and what the policy blocks, as a condition on `key`, left-joined with `member` and `policy`. */
export function hasStatus(status: KeyStatus, now: number) {
  return (builder: ExpressionBuilder<Tables, 'key' | 'member' | 'policy'>): Expression<SqlBool> => {
    const { eb, and, or, not } = builder
    if (status === 'revoked') return eb('key.revokedAt', 'is not', null)
    if (status === 'expired') return and([eb('key.revokedAt', 'is', null), eb('key.expiresAt', '<=', now)])
    const lives = [eb('key.revokedAt', 'is', null), or([eb('key.expiresAt', 'is', null), eb('key.expiresAt', '>', now)])]
    if (status === 'owner_left') return and([...lives, eb('member.id', 'is', null)])
    const isBlocked = or([breaksExpiry(builder), isIdle(builder, now)])
    return and([...lives, eb('member.id', 'is not', null), status === 'blocked' ? isBlocked : not(isBlocked)])
  }
}

type Builder = ExpressionBuilder<Tables, 'key' | 'member' | 'policy'>

/** As blockedBy in server/admission/limits.ts says it; without nulls, so that it can be turned round. */
function breaksExpiry({ eb, and, or }: Builder): Expression<SqlBool> {
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
function isIdle({ eb, and, or, not, exists, selectFrom }: Builder, now: number): Expression<SqlBool> {
  const since = eb(eb.val(now), '-', eb('policy.maxIdleDays', '*', dayMs))
  const used = selectFrom('usage')
    .select('usage.keyId')
    .whereRef('usage.keyId', '=', 'key.id')
    .where((use) => use.or([use('usage.oddUsedAt', '>', since), use('usage.evenUsedAt', '>', since)]))
  const tallied = selectFrom('tally')
    .select('tally.keyId')
    .whereRef('tally.keyId', '=', 'key.id')
    .where((use) => use.or([use('tally.oddUsedAt', '>', since), use('tally.evenUsedAt', '>', since)]))
  return and([
    eb('policy.maxIdleDays', 'is not', null),
    eb('key.createdAt', '<=', since),
    or([eb('key.idleLiftedAt', 'is', null), eb('key.idleLiftedAt', '<=', since)]),
    not(exists(used)),
    not(exists(tallied)),
  ])
}
