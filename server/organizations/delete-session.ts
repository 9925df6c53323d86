import type { Database } from '../database/database.ts'
import { LeafPadError } from '../errors.ts'

/** Ends one of a user's sessions; the next request with it is refused. Throws `not_found` for what is no session of theirs. */
export async function deleteSession(database: Database, { id, userId }: { readonly id: string; readonly userId: string }): Promise<void> {
  const deleted = await database.kysely.deleteFrom('session').where('id', '=', id).where('userId', '=', userId).executeTakeFirstOrThrow()
  if (deleted.numDeletedRows === 0n) throw new LeafPadError('not_found')
}
