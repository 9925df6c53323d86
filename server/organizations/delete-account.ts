import type { Transaction } from 'kysely'
import type { Origin } from '../audit/origin.ts'
import { writeAccountEvent } from '../audit/write-account-event.ts'
import { writeEntry } from '../audit/write-entry.ts'
import type { Database } from '../database/database.ts'
import type { Tables } from '../database/tables.ts'
import type { Authentication } from './authentication.ts'
import { lockOrganization } from './lock-organization.ts'
import { requireOtherOwner } from './require-other-owner.ts'
import { requirePassword } from './require-password.ts'

/**
 * Deletes an account with its sessions, memberships and the invitations it made; its keys are dead with the memberships. Throws
 * `wrong_password`, and `last_owner` while it is the last owner of an organization.
 */
export async function deleteAccount(
  database: Database,
  authentication: Pick<Authentication, 'verifyPassword'>,
  { userId, password, origin }: { readonly userId: string; readonly password: string; readonly origin?: Origin | undefined },
): Promise<void> {
  await requirePassword(database, authentication, { userId, password, origin })
  for (;;) {
    const locked = await listMemberships(database.kysely, userId)
    const deleted = await database.kysely.transaction().execute(async (transaction) => {
      for (const { organizationId } of locked) await lockOrganization(transaction, organizationId)
      // From here on nobody can make the user a member: that would refer to this row.
      await transaction.selectFrom('user').select('id').where('id', '=', userId).forUpdate().execute()
      const memberships = await listMemberships(transaction, userId)
      const joined = memberships.some(({ organizationId }) => !locked.some((lock) => lock.organizationId === organizationId))
      if (joined) return false
      for (const member of memberships) if (member.role === 'owner') await requireOtherOwner(transaction, member)
      const by = { userId, origin }
      for (const member of memberships) await writeLeft(database, transaction, by, member)
      await transaction.deleteFrom('notice').where('userId', '=', userId).execute()
      const deleted = await transaction.deleteFrom('user').where('id', '=', userId).returning('id').execute()
      if (deleted.length > 0) await writeAccountEvent(database, transaction, { ...by, action: 'account_deleted' })
      return true
    })
    if (deleted) return
  }
}

/** Tells an organization that a member goes with the account, and which invitations do. */
async function writeLeft(
  database: Database,
  transaction: Transaction<Tables>,
  by: { readonly userId: string; readonly origin?: Origin | undefined },
  { id, organizationId, role }: { readonly id: string; readonly organizationId: string; readonly role: string },
): Promise<void> {
  const invitations = await transaction
    .selectFrom('invitation')
    .select('id')
    .where('organizationId', '=', organizationId)
    .where('inviterId', '=', by.userId)
    .orderBy('id')
    .execute()
  const withdrawnInvitations = invitations.map((invitation) => invitation.id)
  const details = { role, memberId: id, withdrawnInvitations, accountDeleted: true }
  await writeEntry(database, transaction, by, { organizationId, action: 'member.left', targetId: by.userId, details })
}

/** In the order in which their organizations are locked. */
function listMemberships(kysely: Database['kysely'] | Transaction<Tables>, userId: string) {
  return kysely
    .selectFrom('member')
    .select(['id', 'organizationId', 'role'])
    .where('userId', '=', userId)
    .orderBy('organizationId')
    .execute()
}
