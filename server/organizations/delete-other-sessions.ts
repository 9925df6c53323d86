import type { Database } from '../database/database.ts'

/** Ends all sessions of a user save one. */
export async function deleteOtherSessions(
  database: Database,
  { userId, keptSessionId }: { readonly userId: string; readonly keptSessionId: string },
): Promise<void> {
  await database.kysely.deleteFrom('session').where('userId', '=', userId).where('id', '!=', keptSessionId).execute()
}
