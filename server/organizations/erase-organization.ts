import type { Transaction } from 'kysely'
import type { Database } from '../database/database.ts'
import type { Tables } from '../database/tables.ts'

/** What a transaction erases at most: few enough that nobody waits long for a row, or on SQLite for the turn. */
const maxKeys = 50
const maxRows = 500

/**
 * Erases an organization without members, the keys, documents and notices first, a few in each transaction; one with members it leaves as it
 * is. Whoever was stopped in the middle, or does this at the same time, is no harm.
 */
export async function eraseOrganization(database: Database, id: string): Promise<void> {
  for (;;) {
    const isMore = await database.kysely.transaction().execute(async (transaction) => {
      const organization = await transaction
        .selectFrom('organization')
        .select('id')
        .where('id', '=', id)
        .where(({ not, exists, selectFrom }) => not(exists(selectFrom('member').select('member.id').where('organizationId', '=', id))))
        .forNoKeyUpdate()
        .executeTakeFirst()
      if (organization === undefined) return false
      if (await eraseKeys(transaction, id)) return true
      if ((await eraseRows(transaction, 'document', id)) || (await eraseRows(transaction, 'notice', id))) return true
      await transaction.deleteFrom('organization').where('id', '=', id).execute()
      return false
    })
    if (!isMore) return
  }
}

/** False when there was none. */
async function eraseKeys(transaction: Transaction<Tables>, organizationId: string): Promise<boolean> {
  const keys = await transaction
    .selectFrom('key')
    .select('id')
    .where('organizationId', '=', organizationId)
    .orderBy('id')
    .limit(maxKeys)
    .execute()
  if (keys.length === 0) return false
  const ids = keys.map(({ id }) => id)
  // As a batch of the gate that began before the members went has them: first its usage rows, by key; at its end, for the new ones
  // of them, the keys. Later batches touch nothing of a key without a member.
  await transaction.selectFrom('usage').select('keyId').where('keyId', 'in', ids).orderBy('keyId').orderBy('day').forUpdate().execute()
  await transaction.deleteFrom('usage').where('keyId', 'in', ids).execute()
  const refusals = transaction.selectFrom('refusal').select('keyId').where('keyId', 'in', ids)
  await refusals.orderBy('keyId').orderBy('hour').orderBy('code').forUpdate().execute()
  await transaction.deleteFrom('refusal').where('keyId', 'in', ids).execute()
  await transaction.selectFrom('key').select('id').where('id', 'in', ids).orderBy('id').forUpdate().execute()
  await transaction.deleteFrom('key').where('id', 'in', ids).execute()
  return true
}

/** False when there was none. */
async function eraseRows(transaction: Transaction<Tables>, table: 'document' | 'notice', organizationId: string): Promise<boolean> {
  const erased = await transaction
    .deleteFrom(table)
    .where('id', 'in', (from) =>
      from.selectFrom(table).select('id').where('organizationId', '=', organizationId).orderBy('createdAt').limit(maxRows),
    )
    .executeTakeFirstOrThrow()
  return erased.numDeletedRows > 0n
}
