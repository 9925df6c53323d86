import { type ColumnDefinitionBuilder, type Kysely, sql } from 'kysely'
import type { ColumnTypes } from '../column-types.ts'

/** The audit log, which is only ever added to, and beside it the log of accounts, of which only old rows go. */
export async function up(kysely: Kysely<unknown>, { integer }: ColumnTypes): Promise<void> {
  const { schema } = kysely
  const isPostgres = integer === 'bigint'
  // On SQLite too an id is never given twice, though the newest row be gone.
  const numbered = (column: ColumnDefinitionBuilder) =>
    isPostgres ? column.primaryKey().generatedAlwaysAsIdentity() : column.primaryKey().autoIncrement()
  // No foreign keys: what is told of may be gone.
  await schema
    .createTable('auditEntry')
    .addColumn('id', integer, numbered)
    .addColumn('at', integer, (column) => column.notNull())
    .addColumn('organizationId', 'text', (column) => column.notNull())
    .addColumn('userId', 'text')
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('targetKind', 'text', (column) => column.notNull())
    .addColumn('targetId', 'text', (column) => column.notNull())
    .addColumn('details', 'text', (column) => column.notNull())
    .addColumn('address', 'text')
    .addColumn('requestId', 'text')
    .execute()
  // The newest of an organization, by each filter; by time, the numbers between which they lie.
  for (const column of [[], ['targetId'], ['userId'], ['action'], ['at']]) {
    const columns = ['organizationId', ...column, 'id']
    await schema
      .createIndex(`auditEntry_${columns.join('_')}`)
      .on('auditEntry')
      .columns(columns)
      .execute()
  }
  await schema
    .createTable('accountEvent')
    .addColumn('id', integer, numbered)
    .addColumn('at', integer, (column) => column.notNull())
    .addColumn('userId', 'text')
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('details', 'text', (column) => column.notNull())
    .addColumn('address', 'text')
    .addColumn('requestId', 'text')
    .execute()
  await schema.createIndex('accountEvent_userId_id').on('accountEvent').columns(['userId', 'id']).execute()
  await schema.createIndex('accountEvent_userId_action_id').on('accountEvent').columns(['userId', 'action', 'id']).execute()
  await schema.createIndex('accountEvent_at').on('accountEvent').column('at').execute()
  for (const statement of isPostgres ? postgresTriggers : sqliteTriggers) await sql.raw(statement).execute(kysely)
}

const sqliteTriggers = [
  `create trigger "auditEntry_no_update" before update on "auditEntry"
     begin select raise(abort, 'an entry of the audit log is never changed'); end`,
  `create trigger "auditEntry_no_delete" before delete on "auditEntry"
     begin select raise(abort, 'an entry of the audit log is never deleted'); end`,
  // "insert or replace" deletes without the trigger above.
  `create trigger "auditEntry_no_replace" before insert on "auditEntry" when exists (select 1 from "auditEntry" where id = new.id)
     begin select raise(abort, 'an entry of the audit log is never replaced'); end`,
  `create trigger "accountEvent_no_update" before update on "accountEvent"
     begin select raise(abort, 'an event of an account is never changed'); end`,
]

const postgresTriggers = [
  `create function refuse_change() returns trigger language plpgsql as
     $$ begin raise exception 'a row of % is never changed: % refused', tg_table_name, lower(tg_op); end $$`,
  `create trigger "auditEntry_no_change" before update or delete on "auditEntry" for each row execute function refuse_change()`,
  `create trigger "auditEntry_no_truncate" before truncate on "auditEntry" for each statement execute function refuse_change()`,
  `create trigger "accountEvent_no_update" before update on "accountEvent" for each row execute function refuse_change()`,
]
