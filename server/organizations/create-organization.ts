import type { Origin } from '../audit/origin.ts'
import type { Database } from '../database/database.ts'
import { insertOrganization } from './insert-organization.ts'
import { lockUser } from './lock-user.ts'
import { parseName } from './parse-name.ts'
import { readInstant } from './read-instant.ts'

/** Makes an organization with its maker as owner; returns its id. The active organization of the session stays what it is. Throws `not_signed_in`. */
export async function createOrganization(
  database: Database,
  { name, userId, origin }: { readonly name: string; readonly userId: string; readonly origin?: Origin | undefined },
): Promise<string> {
  const parsed = parseName(name)
  return database.kysely.transaction().execute(async (transaction) => {
    await lockUser(transaction, userId)
    const at = await readInstant(database, transaction)
    return insertOrganization(database, transaction, { name: parsed, ownerId: userId, origin }, at)
  })
}
