import type { Transaction } from 'kysely'
import type { Tables } from '../database/tables.ts'

/** The name of a user who is there, as others are told it. */
export async function readUserName(transaction: Transaction<Tables>, userId: string): Promise<string> {
  const { name } = await transaction.selectFrom('user').select('name').where('id', '=', userId).executeTakeFirstOrThrow()
  return name
}
