import type { Database } from '../database/database.ts'
import { readMember } from '../organizations/member.ts'
import { parseCursor, toPage } from './cursor.ts'
import { type AskedEntries, parseFilter } from './entry-filter.ts'
import { findNumbers, readEntries } from './read-entries.ts'
import type { EntryAnswer } from './schema.ts'

export interface Reader {
  readonly userId: string
  readonly organizationId: string
}

/**
 * Entries of the organization's audit log, the newest first. What is written while somebody pages neither repeats nor hides an entry on
 * the pages that follow. Throws `not_found` for who is no member, `missing_permission`, and `invalid_query` for a cursor or an instant that is none.
 */
export async function listEntries(
  database: Database,
  who: Reader,
  { limit = 50, cursor, ...asked }: AskedEntries & { readonly limit?: number; readonly cursor?: string } = {},
): Promise<{ entries: EntryAnswer[]; nextCursor: string | null }> {
  await readMember(database.kysely, who, 'audit:read')
  const filter = parseFilter(asked, who.organizationId)
  const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : parseCursor(cursor)
  const numbers = await findNumbers(database.kysely, filter)
  if (numbers === undefined) return { entries: [], nextCursor: null }
  const from = { first: numbers.first, last: Math.min(numbers.last, before - 1) }
  const found = await readEntries(database.kysely, filter, from, { newestFirst: true, limit: limit + 1 })
  const { rows, nextCursor } = toPage(found, limit)
  return { entries: rows, nextCursor }
}
