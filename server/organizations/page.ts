import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { LeafPadError } from '../errors.ts'
import type { Instant } from './table.ts'

/** Which part of a list is asked for. */
export interface PageAsked {
  /** 1 to 100; default 50. */
  readonly limit?: number | undefined
  /** The `nextCursor` of the page before. */
  readonly cursor?: string | undefined
}

export interface Page<Row> {
  readonly rows: Row[]
  /** Null on the last page. */
  readonly nextCursor: string | null
}

export const defaultLimit = 50

/**
 * The condition for the rows after a cursor in the order of `createdAt`, then `id`, of a table. Throws `invalid_query` for what is
 * no cursor of ours.
 */
export function afterCursor(table: 'organization' | 'member' | 'invitation' | 'session', cursor: string | undefined): RawBuilder<SqlBool> {
  if (cursor === undefined) return sql<SqlBool>`(1 = 1)`
  const parts = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) (\w+)$/.exec(Buffer.from(cursor, 'base64url').toString())
  if (parts === null || !isInstant(parts[1]!)) {
    throw new LeafPadError('invalid_query', { detail: 'The cursor must be the nextCursor of an answer before.' })
  }
  return sql<SqlBool>`(${sql.ref(`${table}.createdAt`)}, ${sql.ref(`${table}.id`)}) > (${parts[1]}, ${parts[2]})`
}

/** Whether it is one that `toISOString` writes: no 30th of February, which PostgreSQL would refuse, and no year 0, which it lacks. */
function isInstant(text: string): boolean {
  const time = Date.parse(text)
  return !text.startsWith('0000') && !Number.isNaN(time) && new Date(time).toISOString() === text
}

/** The page that `limit + 1` rows make: the one too many only tells that there is a next page. */
export function toPage<Row extends { readonly id: string; readonly createdAt: Instant }>(rows: Row[], limit = defaultLimit): Page<Row> {
  const last = rows[limit - 1]
  if (last === undefined || rows.length <= limit) return { rows, nextCursor: null }
  return {
    rows: rows.slice(0, limit),
    nextCursor: Buffer.from(`${new Date(last.createdAt).toISOString()} ${last.id}`).toString('base64url'),
  }
}
