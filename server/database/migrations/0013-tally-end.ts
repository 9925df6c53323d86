import { type Kysely, sql } from 'kysely'
import type { ColumnTypes } from '../column-types.ts'

/**
 * The tally's ids are given by the gate that appends, and no longer by SQLite, which wrote the last one to a table of its own with each row. That no id is
 * used twice, however many rows have gone, is seen to by noting up to which they have.
 */
export async function up(kysely: Kysely<unknown>, { integer }: ColumnTypes): Promise<void> {
  if (integer === 'bigint') return
  await kysely.schema
    .createTable('tallyEnd')
    .addColumn('deletedUpTo', 'integer', (column) => column.notNull())
    .execute()
  // Rows were deleted from the first on: where some are left, up to the one before them, else all that there ever were.
  await sql`
    insert into "tallyEnd"
    select coalesce((select min(id) - 1 from tally), (select max(seq) from sqlite_sequence where name = 'tally'), 0)`.execute(kysely)
  await sql`alter table tally rename to "tallyBefore"`.execute(kysely)
  await sql`
    create table tally (
      id integer primary key, "keyId" text not null, day text not null, used integer not null, hours text not null default '',
      "oddSecret" integer, "oddUsedAt" integer, "oddUsedAddress" text, "evenSecret" integer, "evenUsedAt" integer, "evenUsedAddress" text
    )`.execute(kysely)
  await sql`
    insert into tally (id, "keyId", day, used, hours, "oddSecret", "oddUsedAt", "oddUsedAddress", "evenSecret", "evenUsedAt", "evenUsedAddress")
    select id, "keyId", day, used, hours, "oddSecret", "oddUsedAt", "oddUsedAddress", "evenSecret", "evenUsedAt", "evenUsedAddress"
    from "tallyBefore"`.execute(kysely)
  await kysely.schema.dropTable('tallyBefore').execute()
}
