import type { Origin } from '../audit/origin.ts'
import type { Database } from '../database/database.ts'
import { writeRole } from './change-role.ts'
import { lockOrganization } from './lock-organization.ts'
import { findMember, noMember } from './member.ts'

/** Ends the membership of who asks. Throws `not_found` for who is no member, `last_owner`. */
export async function leaveOrganization(
  database: Database,
  { organizationId, userId, origin }: { readonly organizationId: string; readonly userId: string; readonly origin?: Origin | undefined },
): Promise<void> {
  await database.kysely.transaction().execute(async (transaction) => {
    await lockOrganization(transaction, organizationId)
    const member = await findMember(transaction, { userId, organizationId })
    if (member === undefined) throw noMember()
    await writeRole(database, transaction, { userId, origin }, member, null)
  })
}
