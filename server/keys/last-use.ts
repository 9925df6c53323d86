import type { Expression, ExpressionBuilder, SqlBool } from 'kysely'
import type { Tables } from '../database/tables.ts'

/** What `selectKeyRows` selects from. */
export type KeyExpressions = ExpressionBuilder<Tables, 'key' | 'member' | 'policy' | 'usage' | 'tally'>

/**
 * Whether a key was neither made nor used after an instant. The last use is the one that an answer tells: that of the later of a key's
 * last rows in `usage` and in the tally.
 */
export function isUnusedSince({ eb, and, fn, val }: KeyExpressions, since: number | Expression<number | null>): Expression<SqlBool> {
  const times = (['usage.oddUsedAt', 'usage.evenUsedAt', 'tally.oddUsedAt', 'tally.evenUsedAt'] as const).map((time) =>
    eb(fn.coalesce(time, val(0)), '<=', since),
  )
  return and([eb('key.createdAt', '<=', since), ...times])
}
