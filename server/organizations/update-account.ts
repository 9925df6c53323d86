import type { Origin } from '../audit/origin.ts'
import { writeAccountEvent } from '../audit/write-account-event.ts'
import type { Database } from '../database/database.ts'
import { lockUser } from './lock-user.ts'
import { parseName } from './parse-name.ts'
import { readInstant } from './read-instant.ts'

/** Changes the name of a user; returns it as it is kept. Throws `not_signed_in`. */
export async function updateAccount(
  database: Database,
  { userId, name, origin }: { readonly userId: string; readonly name: string; readonly origin?: Origin | undefined },
): Promise<string> {
  const parsed = parseName(name)
  await database.kysely.transaction().execute(async (transaction) => {
    await lockUser(transaction, userId)
    const updatedAt = await readInstant(database, transaction)
    const update = transaction.updateTable('user').set({ name: parsed, updatedAt }).where('id', '=', userId).where('name', '!=', parsed)
    const { numUpdatedRows } = await update.executeTakeFirstOrThrow()
    if (numUpdatedRows > 0n) await writeAccountEvent(database, transaction, { userId, action: 'account_renamed', origin })
  })
  return parsed
}
