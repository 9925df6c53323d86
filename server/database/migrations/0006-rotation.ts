import { type Kysely, sql } from 'kysely'
import type { ColumnTypes } from '../column-types.ts'

/**
 * A key may have two live secrets, which are numbered, and of each it is known when and from where it was last used; and a day's use is
 * known by hour. What a key had used before counts for its first secret.
 */
export async function up(kysely: Kysely<unknown>, { integer }: ColumnTypes): Promise<void> {
  const { schema } = kysely
  await schema
    .alterTable('secret')
    .addColumn('number', integer, (column) => column.notNull().defaultTo(1))
    .execute()
  await schema.alterTable('secret').addColumn('endsAt', integer).execute()
  await schema.dropIndex('secret_keyId').execute()
  await schema.createIndex('secret_keyId_number').unique().on('secret').columns(['keyId', 'number']).execute()
  for (const table of ['usage', 'tally']) {
    await schema
      .alterTable(table)
      .addColumn('hours', 'text', (column) => column.notNull().defaultTo(''))
      .execute()
    for (const slot of ['odd', 'even']) {
      await schema.alterTable(table).addColumn(`${slot}Secret`, integer).execute()
      await schema.alterTable(table).addColumn(`${slot}UsedAt`, integer).execute()
      await schema.alterTable(table).addColumn(`${slot}UsedAddress`, 'text').execute()
    }
    await sql`update ${sql.table(table)} set "oddSecret" = 1, "oddUsedAt" = "lastUsedAt", "oddUsedAddress" = "lastUsedAddress"`.execute(
      kysely,
    )
    await schema.alterTable(table).dropColumn('lastUsedAt').execute()
    await schema.alterTable(table).dropColumn('lastUsedAddress').execute()
  }
}
