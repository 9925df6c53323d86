import type { Transaction } from 'kysely'
import type { Tables } from '../database/tables.ts'
import { LeafPadError } from '../errors.ts'

/** Throws `last_owner` unless the organization, whose lock the caller holds, has an owner beside this member. */
export async function requireOtherOwner(
  transaction: Transaction<Tables>,
  member: { readonly id: string; readonly organizationId: string },
) {
  const other = await transaction
    .selectFrom('member')
    .select('id')
    .where('organizationId', '=', member.organizationId)
    .where('role', '=', 'owner')
    .where('id', '!=', member.id)
    .limit(1)
    .executeTakeFirst()
  if (other !== undefined) return
  throw new LeafPadError('last_owner', {
    detail: 'This is the last owner of the organization. Make another member an owner first, or delete the organization.',
    members: { organizationId: member.organizationId },
  })
}
