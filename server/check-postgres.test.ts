import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { checkPostgres } from './check-postgres.ts'
import { type Database, openDatabase } from './database/database.ts'
import { Failure } from './failure.ts'
import { locationOf, openTestDatabase } from './testing/test-database.ts'

/** Has a database answer as one that is set otherwise: what it asks the server for is found in the schema of the test first. */
async function pretend({ kysely }: Database, settings: Readonly<Record<string, string>>, standbys = 0) {
  const cases = Object.entries(settings).map(([name, value]) => `when '${name}' then '${value}'`)
  await sql
    .raw(`create function public.current_setting(name text) returns text language sql as $$
      select case name ${cases.join(' ')} else pg_catalog.current_setting(name) end $$`)
    .execute(kysely)
  await sql
    .raw(`create view public.pg_stat_replication as select 'streaming' as state from generate_series(1, ${standbys})`)
    .execute(kysely)
  const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(kysely)
  await sql.raw(`alter database ${rows[0]!.name} set search_path = public, pg_catalog`).execute(kysely)
}

const unset = { fsync: 'on', synchronous_commit: 'on', synchronous_standby_names: '' }

const cases: [what: string, settings: Record<string, string>, standbys: number, warnings: RegExp[]][] = [
  ['a server that syncs to disk and has no standby', {}, 0, []],
  ['a server whose standby is synchronous', { synchronous_standby_names: '*' }, 1, []],
  ['a server that does not sync to disk', { fsync: 'off' }, 0, [/fsync = off: after a power failure .* Set it to on\.$/]],
  ['a server that answers before it commits', { synchronous_commit: 'off' }, 0, [/synchronous_commit = off: after a crash/]],
  ['a standby that is not synchronous', {}, 1, [/none is synchronous: after a failover .* Set synchronous_standby_names, and/]],
  ['a synchronous standby that nobody waits for', { synchronous_standby_names: '*', synchronous_commit: 'local' }, 1, [/failover/]],
  ['all of it at once', { fsync: 'off', synchronous_commit: 'off' }, 2, [/power failure/, /crash/, /failover/]],
]

for (const [what, settings, standbys, warnings] of cases) {
  test(`of ${what} PostgreSQL’s operator hears ${warnings.length === 0 ? 'nothing' : 'what can be lost'}`, async (t) => {
    const made = await openTestDatabase('postgres', t)
    await pretend(made, { ...unset, ...settings }, standbys)
    const database = openDatabase({ location: locationOf(made) })
    t.after(() => database.close())
    const told = await checkPostgres(database)
    assert.equal(told.length, warnings.length, told.join('\n'))
    for (const [index, warning] of warnings.entries()) assert.match(told[index]!, warning)
  })
}

test('who names several hosts hears of a failover that loses commits, until a standby is synchronous', async (t) => {
  for (const [synchronous, warnings] of [
    ['', [/names several hosts and no standby is synchronous: after a failover/]],
    ['*', []],
  ] as const) {
    const made = await openTestDatabase('postgres', t)
    await pretend(made, { ...unset, synchronous_standby_names: synchronous })
    const location = locationOf(made).replace(/@([^/]+)/, '@$1,$1')
    const database = openDatabase({ location })
    t.after(() => database.close())
    const told = await checkPostgres(database)
    assert.equal(told.length, warnings.length, told.join())
    for (const [index, warning] of warnings.entries()) assert.match(told[index]!, warning)
  }
})

test('a PostgreSQL server that is too old is refused', async (t) => {
  const made = await openTestDatabase('postgres', t)
  await pretend(made, { ...unset, server_version_num: '140012' })
  const database = openDatabase({ location: locationOf(made) })
  t.after(() => database.close())
  const told = 'The PostgreSQL server is of version 14, and LeafPad needs 15 or newer.'
  await assert.rejects(checkPostgres(database), (error) => error instanceof Failure && error.message === told)
})

test('of the embedded database there is nothing to say', async (t) => {
  assert.deepEqual(await checkPostgres(await openTestDatabase('sqlite', t)), [])
})
