import type { Origin } from '../audit/origin.ts'
import { writeAccountEvent } from '../audit/write-account-event.ts'
import type { Database } from '../database/database.ts'
import { LeafPadError } from '../errors.ts'

export interface EndedSession {
  readonly id: string
  readonly userId: string
  /** Whether it is the one that asks. */
  readonly bySignOut?: boolean
  readonly origin?: Origin | undefined
}

/** Ends one of a user's sessions; the next request with it is refused. Throws `not_found` for what is no session of theirs. */
export async function deleteSession(database: Database, { id, userId, bySignOut = false, origin }: EndedSession): Promise<void> {
  await database.kysely.transaction().execute(async (transaction) => {
    const deleted = await transaction.deleteFrom('session').where('id', '=', id).where('userId', '=', userId).executeTakeFirstOrThrow()
    if (deleted.numDeletedRows === 0n) throw new LeafPadError('not_found')
    const action = bySignOut ? 'signed_out' : 'session_ended'
    await writeAccountEvent(database, transaction, { userId, action, details: { sessionId: id }, origin })
  })
}
