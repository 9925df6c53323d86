import type { Kysely } from 'kysely'
import type { ColumnTypes } from '../column-types.ts'

export async function up(kysely: Kysely<unknown>, { integer }: ColumnTypes): Promise<void> {
  const { schema } = kysely
  await schema
    .createTable('document')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('organizationId', 'text', (column) => column.notNull().references('organization.id').onDelete('cascade'))
    .addColumn('createdBy', 'text', (column) => column.notNull())
    .addColumn('keyId', 'text')
    .addColumn('fileName', 'text', (column) => column.notNull())
    .addColumn('fileType', 'text', (column) => column.notNull())
    .addColumn('fileSize', integer, (column) => column.notNull())
    .addColumn('sha256', 'text', (column) => column.notNull())
    .addColumn('fileKey', 'text', (column) => column.notNull().unique())
    .addColumn('publicToken', 'text', (column) => column.notNull().unique())
    .addColumn('createdAt', integer, (column) => column.notNull())
    .execute()
  await schema.createIndex('document_organizationId_createdAt_id').on('document').columns(['organizationId', 'createdAt', 'id']).execute()
  await schema
    .createTable('storage')
    .addColumn('organizationId', 'text', (column) => column.primaryKey().notNull().references('organization.id').onDelete('cascade'))
    .addColumn('usedBytes', integer, (column) => column.notNull())
    .execute()
  await schema
    .createTable('identity')
    .addColumn('only', integer, (column) => column.primaryKey().notNull())
    .addColumn('databaseId', 'text', (column) => column.notNull())
    .execute()
}
