import type { Transaction } from 'kysely'
import type { Tables } from '../database/tables.ts'
import { LeafPadError } from '../errors.ts'
import { newId } from './id.ts'

/** Makes a user a member of an organization, whose lock the caller holds; returns the membership's id. Throws `already_exists` for who is one. */
export async function insertMember(
  transaction: Transaction<Tables>,
  { organizationId, userId, role }: { readonly organizationId: string; readonly userId: string; readonly role: string },
  at: string,
): Promise<string> {
  const inserted = await transaction
    .insertInto('member')
    .values({ id: newId('mem'), organizationId, userId, role, createdAt: at })
    .onConflict((conflict) => conflict.columns(['organizationId', 'userId']).doNothing())
    .returning('id')
    .executeTakeFirst()
  if (inserted === undefined) throw new LeafPadError('already_exists', { detail: 'You are a member of this organization already.' })
  return inserted.id
}
