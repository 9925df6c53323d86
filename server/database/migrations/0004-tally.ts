import type { Kysely } from 'kysely'
import type { ColumnTypes } from '../column-types.ts'

/**
 * What the gate of SQLite has counted and not yet written to `usage`; see server/admission/table.ts. On PostgreSQL it stays empty, so
 * that what reads it is one text. An id is never used twice, however many rows have gone. No foreign key: each would be looked up.
 */
export async function up(kysely: Kysely<unknown>, { integer }: ColumnTypes): Promise<void> {
  await kysely.schema
    .createTable('tally')
    .addColumn('id', integer, (column) => (integer === 'integer' ? column.primaryKey().autoIncrement() : column.primaryKey()))
    .addColumn('keyId', 'text', (column) => column.notNull())
    .addColumn('day', 'text', (column) => column.notNull())
    .addColumn('used', integer, (column) => column.notNull())
    .addColumn('lastUsedAt', integer, (column) => column.notNull())
    .addColumn('lastUsedAddress', 'text', (column) => column.notNull())
    .execute()
}
