import type { Database } from '../database/database.ts'
import { LeafPadError } from '../errors.ts'
import { hashToken } from './token.ts'

/** What the holder of an invitation's link is told. */
export interface Invitation {
  readonly organizationId: string
  readonly organizationName: string
  readonly email: string
  readonly role: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

/** The invitation a link's token stands for. Throws `invalid_token` when it was accepted, cancelled, replaced, has expired or never was. */
export async function readInvitation(database: Database, token: string): Promise<Invitation> {
  const row = await database.kysely
    .selectFrom('invitation')
    .innerJoin('organization', 'organization.id', 'invitation.organizationId')
    .select(['organizationId', 'organization.name as organizationName', 'email', 'role', 'expiresAt', database.clock().as('now')])
    .where('tokenHash', '=', hashToken(token))
    .executeTakeFirst()
  if (row === undefined || new Date(row.expiresAt).getTime() <= row.now) throw invalidInvitation()
  const { now: _, ...invitation } = row
  return { ...invitation, expiresAt: new Date(row.expiresAt).getTime() }
}

/** Throws `invitation_for_another` unless the invitation is for this e-mail address. */
export function requireInvited(invitation: { readonly email: string }, email: string) {
  if (invitation.email === email.toLowerCase()) return
  throw new LeafPadError('invitation_for_another', {
    detail: `The invitation is for ${invitation.email}. Use an account with that e-mail address, or ask for an invitation to yours.`,
  })
}

export function invalidInvitation(): LeafPadError {
  return new LeafPadError('invalid_token', {
    detail: 'The invitation is not valid any more: it was accepted, cancelled or replaced, or it has expired. Ask for a new one.',
  })
}
