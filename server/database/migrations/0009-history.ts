import { type Kysely, sql } from 'kysely'
import type { ColumnTypes } from '../column-types.ts'

/** Refusals are counted by hour, and the last requests of each key are kept. */
export async function up(kysely: Kysely<unknown>, { integer }: ColumnTypes): Promise<void> {
  const { schema } = kysely
  const isPostgres = integer === 'bigint'
  await schema.alterTable('refusal').renameColumn('day', 'hour').execute()
  // Of those counted by day the hour is not known.
  await sql`update refusal set hour = hour || 'T00'`.execute(kysely)
  await schema.createIndex('refusal_hour').on('refusal').column('hour').execute()
  await schema
    .createTable('request')
    .addColumn('id', integer, (column) =>
      isPostgres ? column.primaryKey().generatedAlwaysAsIdentity() : column.primaryKey().autoIncrement(),
    )
    .addColumn('keyId', 'text', (column) => column.notNull().references('key.id').onDelete('cascade'))
    .addColumn('at', integer, (column) => column.notNull())
    .addColumn('secretNumber', integer, (column) => column.notNull())
    .addColumn('method', 'text', (column) => column.notNull())
    .addColumn('route', 'text', (column) => column.notNull())
    .addColumn('status', integer, (column) => column.notNull())
    .addColumn('code', 'text')
    .addColumn('address', 'text', (column) => column.notNull())
    .addColumn('requestId', 'text', (column) => column.notNull())
    .execute()
  await schema.createIndex('request_keyId_id').on('request').columns(['keyId', 'id']).execute()
}
