import type { Database } from '../database/database.ts'
import { parseName } from './parse-name.ts'
import { readInstant } from './read-instant.ts'

/** Changes the name of a user; returns it as it is kept. */
export async function updateAccount(
  database: Database,
  { userId, name }: { readonly userId: string; readonly name: string },
): Promise<string> {
  const parsed = parseName(name)
  await database.kysely.transaction().execute(async (transaction) => {
    const updatedAt = await readInstant(database, transaction)
    await transaction.updateTable('user').set({ name: parsed, updatedAt }).where('id', '=', userId).execute()
  })
  return parsed
}
