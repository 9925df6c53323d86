import type { Database } from '../database/database.ts'
import { readMember } from '../organizations/member.ts'
import { parseCursor, toPage } from './cursor.ts'
import { entryAnswer, selectEntryRows } from './entry-answer.ts'
import { type AskedEntries, parseFilter } from './entry-filter.ts'
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
  const before = cursor === undefined ? undefined : parseCursor(cursor)
  const found = await selectEntryRows(database.kysely, filter)
    .$if(before !== undefined, (query) => query.where('entry.id', '<', before!))
    .orderBy('entry.id', 'desc')
    .limit(limit + 1)
    .execute()
  const { rows, nextCursor } = toPage(found, limit)
  return { entries: rows.map(entryAnswer), nextCursor }
}
