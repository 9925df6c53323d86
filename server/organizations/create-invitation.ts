import type { Origin } from '../audit/origin.ts'
import { writeEntry } from '../audit/write-entry.ts'
import { type Database, readClock } from '../database/database.ts'
import { LeafPadError } from '../errors.ts'
import { newId } from './id.ts'
import { lockOrganization } from './lock-organization.ts'
import { readMember } from './member.ts'
import { permissionToReplaceRole, type Role } from './roles.ts'
import { hashToken, newToken } from './token.ts'

export interface NewInvitation {
  readonly organizationId: string
  readonly email: string
  readonly role: Role
  /** Who invites. */
  readonly userId: string
  readonly origin?: Origin | undefined
}

const validMs = 7 * 86_400_000

/**
 * Invites an e-mail address into an organization, in place of an invitation it has already. Returns the row and the token of its
 * link, which is told once and valid for 7 days. Throws `not_found`, `missing_permission` (admins invite no owners, and replace no such invitation), and
 * `already_exists` when it is a member's address.
 */
export async function createInvitation(database: Database, { organizationId, email, role, userId, origin }: NewInvitation) {
  const token = newToken()
  const address = email.toLowerCase()
  return database.kysely.transaction().execute(async (transaction) => {
    await lockOrganization(transaction, organizationId)
    await readMember(transaction, { userId, organizationId }, 'members:manage')
    const now = await readClock(database, transaction)
    const replaced = await transaction
      .selectFrom('invitation')
      .select(['id', 'role'])
      .where('organizationId', '=', organizationId)
      .where('email', '=', address)
      .where('expiresAt', '>', new Date(now).toISOString())
      .executeTakeFirst()
    await readMember(transaction, { userId, organizationId }, permissionToReplaceRole(replaced?.role ?? null, role))
    const member = await transaction
      .selectFrom('member')
      .innerJoin('user', 'user.id', 'member.userId')
      .select('member.id')
      .where('member.organizationId', '=', organizationId)
      .where('user.email', '=', address)
      .executeTakeFirst()
    if (member !== undefined) throw new LeafPadError('already_exists', { detail: `${address} is a member of the organization already.` })
    await transaction
      .deleteFrom('invitation')
      .where('organizationId', '=', organizationId)
      .where(({ or, eb }) => or([eb('email', '=', address), eb('expiresAt', '<=', new Date(now).toISOString())]))
      .execute()
    const invitation = await transaction
      .insertInto('invitation')
      .values({
        id: newId('inv'),
        organizationId,
        email: address,
        role,
        status: 'pending',
        tokenHash: hashToken(token),
        inviterId: userId,
        createdAt: new Date(now).toISOString(),
        expiresAt: new Date(now + validMs).toISOString(),
      })
      .returning(['id', 'email', 'role', 'createdAt', 'expiresAt', 'inviterId as invitedBy'])
      .executeTakeFirstOrThrow()
    const details = { role, replaced: replaced?.id ?? null }
    const entry = { organizationId, action: 'invitation.created', targetId: invitation.id, details } as const
    await writeEntry(database, transaction, { userId, origin }, entry)
    return { invitation, token }
  })
}
