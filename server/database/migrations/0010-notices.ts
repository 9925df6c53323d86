import { type Kysely, sql } from 'kysely'
import type { ColumnTypes } from '../column-types.ts'

/** What people are to be told, by mail or by a banner, until it was told. */
export async function up(kysely: Kysely<unknown>, { integer, byPrimaryKey }: ColumnTypes): Promise<void> {
  const { schema } = kysely
  await schema
    .createTable('notice')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('mark', 'text', (column) => column.notNull().unique())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('userId', 'text')
    .addColumn('email', 'text')
    .addColumn('organizationId', 'text', (column) => column.references('organization.id').onDelete('cascade'))
    .addColumn('keyId', 'text')
    .addColumn('facts', 'text', (column) => column.notNull())
    .addColumn('sealedLink', 'text')
    .addColumn('createdAt', integer, (column) => column.notNull())
    .addColumn('endsAt', integer, (column) => column.notNull())
    .addColumn('dueAt', integer)
    .addColumn('attempts', integer, (column) => column.notNull().defaultTo(0))
    .addColumn('sentAt', integer)
    .addColumn('dismissedAt', integer)
    .modifyEnd(byPrimaryKey)
    .execute()
  await schema.createIndex('notice_userId_createdAt').on('notice').columns(['userId', 'createdAt']).execute()
  await schema.createIndex('notice_organizationId_createdAt').on('notice').columns(['organizationId', 'createdAt']).execute()
  await schema.createIndex('notice_createdAt').on('notice').column('createdAt').execute()
  await schema.createIndex('notice_dueAt').on('notice').column('dueAt').where(sql.ref('dueAt'), 'is not', null).execute()
  // Who is to be warned of an expiry is found without reading all keys.
  await schema
    .createIndex('key_expiresAt_id')
    .on('key')
    .columns(['expiresAt', 'id'])
    .where(sql.ref('expiresAt'), 'is not', null)
    .where(sql.ref('revokedAt'), 'is', null)
    .execute()
}
