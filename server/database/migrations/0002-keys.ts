import { type Kysely, sql } from 'kysely'
import type { ColumnTypes } from '../column-types.ts'

export async function up(kysely: Kysely<unknown>, { integer, byPrimaryKey }: ColumnTypes): Promise<void> {
  const { schema } = kysely
  await schema
    .createTable('key')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('organizationId', 'text', (column) => column.notNull().references('organization.id').onDelete('cascade'))
    .addColumn('memberId', 'text', (column) => column.notNull())
    .addColumn('userId', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('createdAt', integer, (column) => column.notNull())
    .addColumn('expiresAt', integer)
    .addColumn('revokedAt', integer)
    .addColumn('revokedBy', 'text')
    .modifyEnd(byPrimaryKey)
    .execute()
  await schema.createIndex('key_organizationId_createdAt_id').on('key').columns(['organizationId', 'createdAt', 'id']).execute()
  await schema.createIndex('key_memberId').on('key').column('memberId').execute()
  await schema
    .createTable('secret')
    .addColumn('hash', 'text', (column) => column.primaryKey().notNull())
    .addColumn('keyId', 'text', (column) => column.notNull().references('key.id').onDelete('cascade'))
    .addColumn('lastFour', 'text', (column) => column.notNull())
    .addColumn('createdAt', integer, (column) => column.notNull())
    .modifyEnd(byPrimaryKey)
    .execute()
  await schema.createIndex('secret_keyId').on('secret').column('keyId').execute()
  // The primary keys of the next two lead with the key, so that a key's last counted day is one seek.
  await schema
    .createTable('usage')
    .addColumn('keyId', 'text', (column) => column.notNull().references('key.id').onDelete('cascade'))
    .addColumn('day', 'text', (column) => column.notNull())
    .addColumn('used', integer, (column) => column.notNull())
    .addColumn('lastGranted', integer, (column) => column.notNull())
    .addColumn('lastUsedAt', integer, (column) => column.notNull())
    .addColumn('lastUsedAddress', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('usage_pkey', ['keyId', 'day'])
    // Room in each page for new versions of its rows, so that counting touches no index (PostgreSQL).
    .modifyEnd(integer === 'bigint' ? sql`with (fillfactor = 50)` : byPrimaryKey)
    .execute()
  await schema
    .createTable('refusal')
    .addColumn('keyId', 'text', (column) => column.notNull().references('key.id').onDelete('cascade'))
    .addColumn('day', 'text', (column) => column.notNull())
    .addColumn('code', 'text', (column) => column.notNull())
    .addColumn('count', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('refusal_pkey', ['keyId', 'day', 'code'])
    .execute()
}
