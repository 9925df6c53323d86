import { type Kysely, sql } from 'kysely'
import type { ColumnTypes } from '../column-types.ts'

/**
 * Indexes for PostgreSQL's gate. Rows that it finds by their whole key it finds by a hash: an ordered index is gone down by comparing texts, as the
 * database's locale has it. And the latest day of all tells that no key has a later one, without looking at each; that index is of an expression, lest
 * any plan that is made while tables are small looks for a key's row by its day.
 */
export async function up({ schema }: Kysely<unknown>, { integer }: ColumnTypes): Promise<void> {
  if (integer !== 'bigint') return
  await schema.createIndex('secret_hash_hashed').on('secret').using('hash').column('hash').execute()
  await schema.createIndex('key_id_hashed').on('key').using('hash').column('id').execute()
  await schema.createIndex('member_id_hashed').on('member').using('hash').column('id').execute()
  await schema.createIndex('usage_day').on('usage').expression(sql`(day || '')`).execute()
}
