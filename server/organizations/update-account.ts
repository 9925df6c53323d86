import type { Database } from '../database/database.ts'
import { accountGone } from './lock-user.ts'
import { parseName } from './parse-name.ts'
import { readInstant } from './read-instant.ts'

/** Changes the name of a user; returns it as it is kept. Throws `not_signed_in`. */
export async function updateAccount(
  database: Database,
  { userId, name }: { readonly userId: string; readonly name: string },
): Promise<string> {
  const parsed = parseName(name)
  await database.kysely.transaction().execute(async (transaction) => {
    const updatedAt = await readInstant(database, transaction)
    const update = transaction.updateTable('user').set({ name: parsed, updatedAt }).where('id', '=', userId)
    const { numUpdatedRows } = await update.executeTakeFirstOrThrow()
    if (numUpdatedRows === 0n) throw accountGone()
  })
  return parsed
}
