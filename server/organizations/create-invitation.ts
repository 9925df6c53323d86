import type { Transaction } from 'kysely'
import type { Origin } from '../audit/origin.ts'
import { writeEntry } from '../audit/write-entry.ts'
import type { Config } from '../config.ts'
import { type Database, readClock } from '../database/database.ts'
import type { Tables } from '../database/tables.ts'
import { LeafPadError } from '../errors.ts'
import { sealLink } from '../notices/sealed-link.ts'
import { writeNotice } from '../notices/write-notice.ts'
import { newId } from './id.ts'
import { lockOrganization } from './lock-organization.ts'
import { readMember } from './member.ts'
import { readUserName } from './read-user-name.ts'
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

export interface InvitationOptions {
  readonly database: Database
  readonly config: Pick<Config, 'publicUrl' | 'sessionSecret' | 'smtpUrl'>
}

const validMs = 7 * 86_400_000

/** Mails to strangers are what others would misuse: beyond so many of an organization in a day, the link alone is made. */
const maxMailsPerDay = 100

/**
 * Invites an e-mail address into an organization, in place of an invitation it has already. Returns the row, the token of its
 * link, which is told once and valid for 7 days, and whether the link is mailed to the address too. Throws `not_found`, `missing_permission` (admins invite no owners, and replace no such invitation), and
 * `already_exists` when it is a member's address.
 */
export async function createInvitation(
  { database, config: { publicUrl, sessionSecret, smtpUrl } }: InvitationOptions,
  { organizationId, email, role, userId, origin }: NewInvitation,
) {
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
    const isMailed = smtpUrl !== null && (await mayMail(transaction, organizationId, now))
    if (isMailed) {
      const inviter = await readUserName(transaction, userId)
      await writeNotice(transaction, now, {
        ...{
          kind: 'invitation',
          facts: { invitationId: invitation.id, inviter, role },
          to: { email: address },
          organizationId,
          once: invitation.id,
        },
        endsAt: now + validMs,
        sealedLink: sealLink(sessionSecret, invitationLink(publicUrl, token)),
      })
    }
    return { invitation, token, isMailed }
  })
}

/** Where the holder of an invitation's token sees what they are invited to. */
export function invitationLink(publicUrl: string, token: string): string {
  return `${publicUrl}/invitations#token=${token}`
}

/** Under the organization's lock, so that the limit is exact. */
async function mayMail(transaction: Transaction<Tables>, organizationId: string, now: number): Promise<boolean> {
  const { mailed } = await transaction
    .selectFrom('notice')
    .select(({ fn }) => fn.countAll<number>().as('mailed'))
    .where('organizationId', '=', organizationId)
    .where('kind', '=', 'invitation')
    .where('createdAt', '>', now - 86_400_000)
    .executeTakeFirstOrThrow()
  return mailed < maxMailsPerDay
}
