import type { Origin } from '../audit/origin.ts'
import { writeEntry } from '../audit/write-entry.ts'
import type { Database } from '../database/database.ts'
import { LeafPadError } from '../errors.ts'
import { lockOrganization } from './lock-organization.ts'
import { readMember } from './member.ts'
import { permissionToReplaceRole } from './roles.ts'

/** Cancels a pending invitation; its link is void. Throws `not_found`, `missing_permission` (admins cancel no invitation to be an owner). */
export async function deleteInvitation(
  database: Database,
  {
    id,
    organizationId,
    userId,
    origin,
  }: { readonly id: string; readonly organizationId: string; readonly userId: string; readonly origin?: Origin | undefined },
): Promise<void> {
  await database.kysely.transaction().execute(async (transaction) => {
    await lockOrganization(transaction, organizationId)
    await readMember(transaction, { userId, organizationId }, 'members:manage')
    const deleted = await transaction
      .deleteFrom('invitation')
      .where('id', '=', id)
      .where('organizationId', '=', organizationId)
      .returning('role')
      .executeTakeFirst()
    if (deleted === undefined) throw new LeafPadError('not_found')
    await readMember(transaction, { userId, organizationId }, permissionToReplaceRole(deleted.role, null))
    const entry = { organizationId, action: 'invitation.withdrawn', targetId: id, details: { role: deleted.role } } as const
    await writeEntry(database, transaction, { userId, origin }, entry)
  })
}
