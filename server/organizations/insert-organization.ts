import type { Transaction } from 'kysely'
import type { Origin } from '../audit/origin.ts'
import { writeEntry } from '../audit/write-entry.ts'
import type { Database } from '../database/database.ts'
import type { Tables } from '../database/tables.ts'
import { newId } from './id.ts'

/** Inserts an organization with its first owner, whose doing it is, and returns its id. */
export async function insertOrganization(
  database: Database,
  transaction: Transaction<Tables>,
  { name, ownerId, origin }: { readonly name: string; readonly ownerId: string; readonly origin?: Origin | undefined },
  at: string,
): Promise<string> {
  const id = newId('org')
  await transaction.insertInto('organization').values({ id, name, slug: id, createdAt: at }).execute()
  await transaction.insertInto('policy').values({ organizationId: id }).execute()
  await transaction
    .insertInto('member')
    .values({ id: newId('mem'), organizationId: id, userId: ownerId, role: 'owner', createdAt: at })
    .execute()
  const entry = { organizationId: id, action: 'organization.created', targetId: id, details: { name } } as const
  await writeEntry(database, transaction, { userId: ownerId, origin }, entry)
  return id
}
