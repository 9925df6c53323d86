import type { Transaction } from 'kysely'
import type { Tables } from '../database/tables.ts'
import { noMember } from './member.ts'

/**
 * Takes the organization's lock until the transaction ends, and returns its name. Whoever writes memberships or invitations takes it before anything
 * else, so that what was read under it about members (an actor's role, how many owners there are) stays true. Throws `not_found`.
 *
 * It leaves those in peace who only refer to the organization, such as a key or document being inserted: they hold a lock on their
 * own membership and would otherwise wait here while we wait for that.
 */
export async function lockOrganization(transaction: Transaction<Tables>, organizationId: string): Promise<{ readonly name: string }> {
  const row = await transaction
    .selectFrom('organization')
    .select('name')
    .where('id', '=', organizationId)
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (row === undefined) throw noMember()
  return row
}
