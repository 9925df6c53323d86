import type { Origin } from '../audit/origin.ts'
import { writeAccountEvent } from '../audit/write-account-event.ts'
import { writeEntry } from '../audit/write-entry.ts'
import type { Database } from '../database/database.ts'
import { LeafPadError } from '../errors.ts'
import type { Authentication } from './authentication.ts'
import { checkPassword } from './check-password.ts'
import { insertMember } from './insert-member.ts'
import { insertOrganization } from './insert-organization.ts'
import { insertUser } from './insert-user.ts'
import { parseName } from './parse-name.ts'
import { readInstant } from './read-instant.ts'
import { readInvitation, requireInvited } from './read-invitation.ts'
import { takeInvitation } from './take-invitation.ts'

export interface SignUp {
  readonly name: string
  readonly email: string
  readonly password: string
  readonly invitationToken?: string | undefined
  /** Of an organization to be made with the new user as its owner. */
  readonly organizationName?: string | undefined
  readonly origin?: Origin | undefined
}

/**
 * Makes an account, with the membership of the invitation, and returns the user's id. Throws `sign_up_by_invitation` without an
 * invitation unless signing up is open, `invalid_token`, `invitation_for_another`, `already_exists`. The password is hashed before
 * the transaction, which is short.
 */
export async function signUp(
  database: Database,
  { hashPassword, open }: Pick<Authentication, 'hashPassword'> & { readonly open: boolean },
  { email, password, invitationToken, origin, ...named }: SignUp,
): Promise<string> {
  const name = parseName(named.name)
  const organizationName = named.organizationName === undefined ? undefined : parseName(named.organizationName, 'organizationName')
  checkPassword(password)
  if (invitationToken !== undefined) requireInvited(await readInvitation(database, invitationToken), email)
  else if (!open) throw byInvitation('Ask a member of an organization to invite you, and open the link of the invitation.')
  const passwordHash = await hashPassword(password)
  return database.kysely.transaction().execute(async (transaction) => {
    const anyone = await transaction.selectFrom('user').select('id').limit(1).executeTakeFirst()
    if (anyone === undefined) throw byInvitation('The first account is made with the set-up link that the server prints when it starts.')
    const invitation = invitationToken === undefined ? undefined : await takeInvitation(database, transaction, invitationToken, email)
    const at = await readInstant(database, transaction)
    const userId = await insertUser(transaction, { name, email, passwordHash }, at)
    const how = invitation === undefined ? 'sign-up' : 'invitation'
    await writeAccountEvent(database, transaction, { userId, action: 'account_made', details: { how }, origin })
    if (invitation !== undefined) {
      const { id: invitationId, organizationId, role } = invitation
      const memberId = await insertMember(transaction, { organizationId, userId, role }, at)
      const details = { role, memberId, invitationId }
      await writeEntry(database, transaction, { userId, origin }, { organizationId, action: 'member.joined', targetId: userId, details })
    }
    if (organizationName !== undefined) {
      await insertOrganization(database, transaction, { name: organizationName, ownerId: userId, origin }, at)
    }
    return userId
  })
}

function byInvitation(detail: string): LeafPadError {
  return new LeafPadError('sign_up_by_invitation', { detail })
}
