import type { Transaction } from 'kysely'
import type { Tables } from '../database/tables.ts'
import { LeafPadError } from '../errors.ts'

/**
 * Keeps an account from being deleted until the transaction ends; others may do so at the same time. Taken after organizations and
 * before all else of the user's. Throws `not_signed_in` when it was deleted since the request was let in.
 */
export async function lockUser(transaction: Transaction<Tables>, userId: string): Promise<void> {
  const row = await transaction.selectFrom('user').select('id').where('id', '=', userId).forKeyShare().executeTakeFirst()
  if (row === undefined) throw accountGone()
}

export function accountGone(): LeafPadError {
  return new LeafPadError('not_signed_in', { detail: 'Your account has been deleted meanwhile. Nothing was changed.' })
}
