import type { Origin } from '../audit/origin.ts'
import { writeEntry } from '../audit/write-entry.ts'
import type { Database } from '../database/database.ts'
import { insertMember } from './insert-member.ts'
import { lockUser } from './lock-user.ts'
import { readInstant } from './read-instant.ts'
import { takeInvitation } from './take-invitation.ts'

/**
 * Makes who is signed in a member, and the organization the active one of the session; returns its id. Throws `invalid_token`,
 * `invitation_for_another`, `not_signed_in`, `already_exists` (the invitation then stays).
 */
export async function acceptInvitation(
  database: Database,
  {
    token,
    userId,
    email,
    sessionId,
    origin,
  }: {
    readonly token: string
    readonly userId: string
    readonly email: string
    readonly sessionId: string
    readonly origin?: Origin | undefined
  },
): Promise<string> {
  return database.kysely.transaction().execute(async (transaction) => {
    const { id: invitationId, organizationId, role } = await takeInvitation(database, transaction, token, email)
    await lockUser(transaction, userId)
    const at = await readInstant(database, transaction)
    const memberId = await insertMember(transaction, { organizationId, userId, role }, at)
    await transaction.updateTable('session').set({ activeOrganizationId: organizationId }).where('id', '=', sessionId).execute()
    const details = { role, memberId, invitationId }
    await writeEntry(database, transaction, { userId, origin }, { organizationId, action: 'member.joined', targetId: userId, details })
    return organizationId
  })
}
