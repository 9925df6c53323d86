import { sql } from 'kysely'
import type { Database } from '../database/database.ts'

/** Has the database refuse whatever is inserted into a table, until the returned is called. */
export async function failInserts(database: Database, table: 'auditEntry' | 'accountEvent' | 'notice'): Promise<() => Promise<void>> {
  const { kysely, kind } = database
  const run = (text: string) => sql.raw(text).execute(kysely)
  if (kind === 'sqlite') {
    await run(`create trigger "test_fail" before insert on "${table}" begin select raise(abort, 'refused by the test'); end`)
    return async () => void (await run('drop trigger "test_fail"'))
  }
  await run(
    `create or replace function test_fail() returns trigger language plpgsql as $$ begin raise exception 'refused by the test'; end $$`,
  )
  await run(`create trigger "test_fail" before insert on "${table}" for each row execute function test_fail()`)
  return async () => void (await run(`drop trigger "test_fail" on "${table}"`))
}

const tables = [
  'user',
  'session',
  'account',
  'organization',
  'member',
  'invitation',
  'oneTimeToken',
  'key',
  'secret',
  'document',
  'auditEntry',
  'accountEvent',
  'notice',
] as const

/** Every row that a change could touch, as text. */
export async function readAll({ kysely }: Database): Promise<string> {
  const all: Record<string, string[]> = {}
  for (const table of tables) {
    const rows = await kysely
      .selectFrom(table as 'key')
      .selectAll()
      .execute()
    all[table] = rows.map((row) => JSON.stringify(row)).sort()
  }
  return JSON.stringify(all, null, 1)
}
