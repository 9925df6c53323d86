import type { Database } from '../database/database.ts'
import { parseCursor, toPage } from './cursor.ts'
import type { AccountEventAnswer } from './schema.ts'

/** What happened to a user's account, the newest first. Throws `invalid_query` for a cursor that was not given out. */
export async function listAccountEvents(
  database: Database,
  userId: string,
  { limit = 50, cursor }: { readonly limit?: number; readonly cursor?: string } = {},
): Promise<{ events: AccountEventAnswer[]; nextCursor: string | null }> {
  const before = cursor === undefined ? undefined : parseCursor(cursor)
  const found = await database.kysely
    .selectFrom('accountEvent')
    .select(['id', 'at', 'action', 'details', 'address', 'requestId'])
    .where('userId', '=', userId)
    .$if(before !== undefined, (query) => query.where('id', '<', before!))
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
  const { rows, nextCursor } = toPage(found, limit)
  const events = rows.map((row) => ({ ...row, at: new Date(row.at).toISOString(), details: JSON.parse(row.details) }))
  return { events, nextCursor }
}
