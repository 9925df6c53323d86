import type { Database } from '../database/database.ts'
import { insertOrganization } from './insert-organization.ts'
import { lockUser } from './lock-user.ts'
import { parseName } from './parse-name.ts'
import { readInstant } from './read-instant.ts'

/** Makes an organization with its maker as owner; returns its id. The active organization of the session stays what it is. Throws `not_signed_in`. */
export async function createOrganization(
  database: Database,
  { name, userId }: { readonly name: string; readonly userId: string },
): Promise<string> {
  const parsed = parseName(name)
  return database.kysely.transaction().execute(async (transaction) => {
    await lockUser(transaction, userId)
    return insertOrganization(transaction, { name: parsed, ownerId: userId }, await readInstant(database, transaction))
  })
}
