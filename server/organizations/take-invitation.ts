import type { Transaction } from 'kysely'
import { type Database, readClock } from '../database/database.ts'
import type { Tables } from '../database/tables.ts'
import { lockOrganization } from './lock-organization.ts'
import { invalidInvitation, requireInvited } from './read-invitation.ts'
import { hashToken } from './token.ts'

/**
 * Uses up an invitation inside the transaction that makes the membership, and holds the organization's lock from then on. Of many
 * at once exactly one gets it; the others, like all who come later, get `invalid_token`.
 */
export async function takeInvitation(
  database: Database,
  transaction: Transaction<Tables>,
  token: string,
  email: string,
): Promise<{ id: string; organizationId: string; role: string }> {
  const tokenHash = hashToken(token)
  const found = await transaction.selectFrom('invitation').select('organizationId').where('tokenHash', '=', tokenHash).executeTakeFirst()
  if (found === undefined) throw invalidInvitation()
  await lockOrganization(transaction, found.organizationId)
  const taken = await transaction
    .deleteFrom('invitation')
    .where('tokenHash', '=', tokenHash)
    .returning(['id', 'organizationId', 'email', 'role', 'expiresAt'])
    .executeTakeFirst()
  if (taken === undefined || new Date(taken.expiresAt).getTime() <= (await readClock(database, transaction))) throw invalidInvitation()
  requireInvited(taken, email)
  return taken
}
