import type { Origin } from '../audit/origin.ts'
import { writeAccountEvent } from '../audit/write-account-event.ts'
import type { Database } from '../database/database.ts'

/** Ends all sessions of a user save one. */
export async function deleteOtherSessions(
  database: Database,
  { userId, keptSessionId, origin }: { readonly userId: string; readonly keptSessionId: string; readonly origin?: Origin | undefined },
): Promise<void> {
  await database.kysely.transaction().execute(async (transaction) => {
    const others = transaction.deleteFrom('session').where('userId', '=', userId).where('id', '!=', keptSessionId)
    const sessions = Number((await others.executeTakeFirstOrThrow()).numDeletedRows)
    if (sessions === 0) return
    await writeAccountEvent(database, transaction, { userId, action: 'other_sessions_ended', details: { sessions }, origin })
  })
}
