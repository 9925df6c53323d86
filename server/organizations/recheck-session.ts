import type { Transaction } from 'kysely'
import type { Tables } from '../database/tables.ts'
import { LeafPadError } from '../errors.ts'

/**
 * Checks once more, inside the transaction that writes, that a session has not been ended, and keeps it from being ended until that
 * transaction is. Throws `not_signed_in`.
 */
export async function recheckSession(transaction: Transaction<Tables>, sessionId: string): Promise<void> {
  // Exclusive, as every lock of a credential: shared ones could keep who ends the session waiting without end.
  const row = await transaction.selectFrom('session').select('id').where('id', '=', sessionId).forNoKeyUpdate().executeTakeFirst()
  if (row === undefined)
    throw new LeafPadError('not_signed_in', { detail: 'The session has ended meanwhile. Nothing was done. Sign in again.' })
}
