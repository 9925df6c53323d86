import type { Database } from '../database/database.ts'
import { LeafPadError } from '../errors.ts'
import { lockOrganization } from './lock-organization.ts'
import { readMember } from './member.ts'

/** Cancels a pending invitation; its link is void. Throws `not_found`, `missing_permission`. */
export async function deleteInvitation(
  database: Database,
  { id, organizationId, userId }: { readonly id: string; readonly organizationId: string; readonly userId: string },
): Promise<void> {
  await database.kysely.transaction().execute(async (transaction) => {
    await lockOrganization(transaction, organizationId)
    await readMember(transaction, { userId, organizationId }, 'members:manage')
    const deleted = await transaction
      .deleteFrom('invitation')
      .where('id', '=', id)
      .where('organizationId', '=', organizationId)
      .executeTakeFirstOrThrow()
    if (deleted.numDeletedRows === 0n) throw new LeafPadError('not_found')
  })
}
