import type { Transaction } from 'kysely'
import type { By, Origin } from '../audit/origin.ts'
import { writeEntry } from '../audit/write-entry.ts'
import type { Database } from '../database/database.ts'
import type { Tables } from '../database/tables.ts'
import { LeafPadError } from '../errors.ts'
import { lockOrganization } from './lock-organization.ts'
import { type Member, readMember } from './member.ts'
import { requireOtherOwner } from './require-other-owner.ts'
import { permissionToReplaceRole, type Role } from './roles.ts'

export interface RoleChange {
  readonly organizationId: string
  readonly memberId: string
  /** Null removes the member. */
  readonly role: Role | null
  /** Who asks. */
  readonly userId: string
  readonly origin?: Origin | undefined
}

/**
 * Gives a member another role, or removes the member; keys do no more than the new role from the moment this returns. Invitations
 * the member made are cancelled with it. Throws `not_found`, `missing_permission`, and `last_owner` rather than leave an
 * organization without one.
 */
export async function changeRole(database: Database, { organizationId, memberId, role, userId, origin }: RoleChange): Promise<void> {
  await database.kysely.transaction().execute(async (transaction) => {
    await lockOrganization(transaction, organizationId)
    const of = { userId, organizationId }
    await readMember(transaction, of, 'members:manage')
    const member = await transaction
      .selectFrom('member')
      .select(['id', 'userId', 'organizationId', 'role'])
      .where('id', '=', memberId)
      .where('organizationId', '=', organizationId)
      .executeTakeFirst()
    if (member === undefined) throw new LeafPadError('not_found')
    await readMember(transaction, of, permissionToReplaceRole(member.role, role))
    if (member.role !== role) await writeRole(database, transaction, { userId, origin }, member as Member, role)
  })
}

/**
 * Writes a role, or removes the member for null, under the organization's lock, and takes back the invitations that the member made.
 * Throws `last_owner`.
 * @param by whose doing it is: of who is the member themselves, removing is leaving
 */
export async function writeRole(
  database: Database,
  transaction: Transaction<Tables>,
  by: By,
  member: Omit<Member, 'role'> & { readonly role: string },
  role: Role | null,
) {
  if (member.role === 'owner') await requireOtherOwner(transaction, member)
  if (role === null) await transaction.deleteFrom('member').where('id', '=', member.id).execute()
  else await transaction.updateTable('member').set({ role }).where('id', '=', member.id).execute()
  const { organizationId, userId } = member
  const withdrawn = await transaction
    .deleteFrom('invitation')
    .where('organizationId', '=', organizationId)
    .where('inviterId', '=', userId)
    .returning('id')
    .execute()
  const details = { memberId: member.id, withdrawnInvitations: withdrawn.map(({ id }) => id).sort() }
  const about = { organizationId, targetId: userId }
  await writeEntry(
    database,
    transaction,
    by,
    role !== null
      ? { ...about, action: 'member.role_changed', details: { role: { from: member.role, to: role }, ...details } }
      : by.userId !== userId
        ? { ...about, action: 'member.removed', details: { role: member.role, ...details } }
        : { ...about, action: 'member.left', details: { role: member.role, ...details, accountDeleted: false } },
  )
}
