import type { Database } from '../database/database.ts'
import { lockOrganization } from './lock-organization.ts'
import { readMember } from './member.ts'

/** Deletes an organization with its members, invitations, keys and documents. Throws `not_found`, `missing_permission`. */
export async function deleteOrganization(
  database: Database,
  { id, userId }: { readonly id: string; readonly userId: string },
): Promise<void> {
  await database.kysely.transaction().execute(async (transaction) => {
    await lockOrganization(transaction, id)
    await readMember(transaction, { userId, organizationId: id }, 'organization:delete')
    // In the order in which a writer locks them when it checks its credential: key, membership, and last what it refers to.
    await transaction.selectFrom('key').select('id').where('organizationId', '=', id).orderBy('id').forUpdate().execute()
    await transaction.selectFrom('member').select('id').where('organizationId', '=', id).orderBy('id').forUpdate().execute()
    await transaction.deleteFrom('organization').where('id', '=', id).execute()
  })
}
