import type { Database } from '../database/database.ts'
import { readClock } from '../database/database.ts'
import { afterCursor, defaultLimit, type PageAsked, toPage } from './page.ts'

/** A user's sessions that have not expired, oldest first. */
export async function listSessions(database: Database, userId: string, { limit = defaultLimit, cursor }: PageAsked = {}) {
  const now = new Date(await readClock(database)).toISOString()
  const rows = await database.kysely
    .selectFrom('session')
    .select(['id', 'createdAt', 'expiresAt', 'ipAddress', 'userAgent'])
    .where('userId', '=', userId)
    .where('expiresAt', '>', now)
    .where(afterCursor('session', cursor))
    .orderBy('createdAt')
    .orderBy('id')
    .limit(limit + 1)
    .execute()
  return toPage(rows, limit)
}
