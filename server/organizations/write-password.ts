import type { Transaction } from 'kysely'
import type { Database } from '../database/database.ts'
import type { Tables } from '../database/tables.ts'
import { readInstant } from './read-instant.ts'

export interface WrittenPassword {
  readonly userId: string
  readonly passwordHash: string
  /** Write only if the stored hash is still this one. */
  readonly replaces?: string
  /** The session that stays; by default none does. */
  readonly keptSessionId?: string
}

/**
 * Writes a user's password, ends the user's sessions and voids links to reset it. False, having changed nothing, if `replaces` is out of
 * date. The caller has locked the user: what is written here goes with an account that is deleted at the same time, in another order.
 */
export async function writePassword(
  database: Database,
  transaction: Transaction<Tables>,
  { userId, passwordHash, replaces, keptSessionId }: WrittenPassword,
): Promise<boolean> {
  let update = transaction
    .updateTable('account')
    .set({ password: passwordHash, updatedAt: await readInstant(database, transaction) })
    .where('userId', '=', userId)
    .where('providerId', '=', 'credential')
  if (replaces !== undefined) update = update.where('password', '=', replaces)
  const { numUpdatedRows } = await update.executeTakeFirstOrThrow()
  if (numUpdatedRows === 0n) return false
  let sessions = transaction.deleteFrom('session').where('userId', '=', userId)
  if (keptSessionId !== undefined) sessions = sessions.where('id', '!=', keptSessionId)
  await sessions.execute()
  await transaction.deleteFrom('oneTimeToken').where('purpose', '=', 'password-reset').where('userId', '=', userId).execute()
  return true
}
