import type { Transaction } from 'kysely'
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
  { userId, password }: { readonly userId: string; readonly password: string },
): Promise<void> {
  await requirePassword(database, authentication, { userId, password })
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
      await transaction.deleteFrom('user').where('id', '=', userId).execute()
      return true
    })
    if (deleted) return
  }
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
