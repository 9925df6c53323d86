import { type Kysely, sql } from 'kysely'
import type { ColumnTypes } from '../column-types.ts'

/** What keys are held to: by who generated them, and by the policy of their organization. Until somebody says otherwise nothing is limited. */
export async function up(kysely: Kysely<unknown>, { integer, byPrimaryKey }: ColumnTypes): Promise<void> {
  const { schema } = kysely
  await schema.alterTable('key').addColumn('permissions', 'text').execute()
  await schema.alterTable('key').addColumn('networks', 'text').execute()
  await schema.alterTable('key').addColumn('idleLiftedAt', integer).execute()
  await schema
    .createTable('policy')
    .addColumn('organizationId', 'text', (column) => column.primaryKey().notNull().references('organization.id').onDelete('cascade'))
    .addColumn('maxLifetimeDays', integer)
    .addColumn('needsExpiry', integer, (column) => column.notNull().defaultTo(0))
    .addColumn('maxLiveKeysPerMember', integer)
    .addColumn('maxIdleDays', integer)
    .addColumn('networks', 'text')
    .modifyEnd(byPrimaryKey)
    .execute()
  await sql`insert into policy ("organizationId") select id from organization`.execute(kysely)
}
