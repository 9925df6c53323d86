import { type Database, readClock } from '../database/database.ts'

/** Deletes the rows of a user's sessions that have expired; nothing finds them any more. */
export async function deleteExpiredSessions(database: Database, userId: string): Promise<void> {
  const now = new Date(await readClock(database)).toISOString()
  await database.kysely.deleteFrom('session').where('userId', '=', userId).where('expiresAt', '<=', now).execute()
}
