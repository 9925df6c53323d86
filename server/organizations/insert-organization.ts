import type { Transaction } from 'kysely'
import type { Tables } from '../database/tables.ts'
import { newId } from './id.ts'

/** Inserts an organization with its first owner, and returns its id. */
export async function insertOrganization(
  transaction: Transaction<Tables>,
  { name, ownerId }: { readonly name: string; readonly ownerId: string },
  at: string,
): Promise<string> {
  const id = newId('org')
  await transaction.insertInto('organization').values({ id, name, slug: id, createdAt: at }).execute()
  await transaction.insertInto('policy').values({ organizationId: id }).execute()
  await transaction
    .insertInto('member')
    .values({ id: newId('mem'), organizationId: id, userId: ownerId, role: 'owner', createdAt: at })
    .execute()
  return id
}
