import type { Origin } from '../audit/origin.ts'
import { writeEntry } from '../audit/write-entry.ts'
import type { Database } from '../database/database.ts'
import { eraseOrganization } from './erase-organization.ts'
import { lockOrganization } from './lock-organization.ts'
import { readMember } from './member.ts'

/**
 * Deletes an organization with its members, invitations, keys and documents. Throws `not_found`, `missing_permission`.
 *
 * Its members go first, in a transaction of their own: from then on its keys are dead and nobody belongs to it, so that what there is
 * to erase is in nobody's way. Should the erasing fail, this throws its error, and eraseMemberlessOrganizations goes on with it.
 */
export async function deleteOrganization(
  database: Database,
  { id, userId, origin }: { readonly id: string; readonly userId: string; readonly origin?: Origin | undefined },
): Promise<void> {
  await database.kysely.transaction().execute(async (transaction) => {
    const { name } = await lockOrganization(transaction, id)
    await readMember(transaction, { userId, organizationId: id }, 'organization:delete')
    // In one order, though whoever writes by a membership holds only one of them. From here on no such write is under way.
    await transaction.selectFrom('member').select('id').where('organizationId', '=', id).orderBy('id').forUpdate().execute()
    await transaction.deleteFrom('member').where('organizationId', '=', id).execute()
    await transaction.deleteFrom('invitation').where('organizationId', '=', id).execute()
    const entry = { organizationId: id, action: 'organization.deleted', targetId: id, details: { name } } as const
    await writeEntry(database, transaction, { userId, origin }, entry)
  })
  await eraseOrganization(database, id)
}
