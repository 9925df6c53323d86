import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, test } from 'node:test'
import { type Kysely, sql } from 'kysely'
import { SqliteTally } from '../admission/sqlite-tally.ts'
import { createTestDatabase, databaseKinds } from '../testing/test-database.ts'
import { sqliteTypes } from './column-types.ts'
import { openDatabase, readClock } from './database.ts'
import { migrate, NewerDatabaseError } from './migrate.ts'
import { up as addTallyEnd } from './migrations/0013-tally-end.ts'
import { openSqliteConnection } from './sqlite-connection.ts'

for (const kind of databaseKinds) {
  describe(`migrate on ${kind}`, () => {
    it('runs each migration once, whoever starts together', async (t) => {
      const location = await createTestDatabase(kind, t)
      const databases = [1, 2, 3].map(() => openDatabase({ location }))
      const ran = await Promise.all(databases.map(migrate))
      assert.deepEqual(
        ran.flat().map((name) => `${name}.ts`),
        readdirSync(join(import.meta.dirname, 'migrations')).sort(),
      )
      assert.deepEqual(await migrate(databases[0]!), [])
      await Promise.all(databases.map((database) => database.close()))
    })

    it('refuses a database newer than the program, changing nothing', async (t) => {
      const location = await createTestDatabase(kind, t)
      const database = openDatabase({ location })
      await migrate(database)
      await sql`insert into migration (name, timestamp) values ('9999-future', '2030-01-01')`.execute(database.kysely)
      await assert.rejects(migrate(database), (error) => error instanceof NewerDatabaseError && /9999-future/.test(error.message))
      await database.close()
    })

    it('reads the clock of the database in integer milliseconds, moved when a test asks for it', async (t) => {
      const location = await createTestDatabase(kind, t)
      const database = openDatabase({ location, clockOffsetMs: () => 86_400_000 })
      const now = await readClock(database)
      assert.ok(Number.isInteger(now) && Math.abs(now - Date.now() - 86_400_000) < 60_000)
      await database.close()
    })
  })
}

test('a tally that SQLite gave ids to keeps its rows, and none of its ids is given again', async (t) => {
  const location = await createTestDatabase('sqlite', t)
  const database = openDatabase({ location })
  await migrate(database)
  const { kysely } = database
  const columns = ['odd', 'even'].map((slot) => `"${slot}Secret" integer, "${slot}UsedAt" integer, "${slot}UsedAddress" text`).join(', ')
  const makeTally = sql.raw(
    `create table tally (id integer primary key autoincrement, "keyId" text not null, day text not null, used integer not null, hours text not null default '', ${columns})`,
  )
  for (const { rows, deleted, end } of [
    { rows: [], deleted: [], end: 0 },
    { rows: [1, 2, 3], deleted: [1, 2, 3], end: 3 },
    { rows: [1, 2, 3], deleted: [1], end: 1 },
    { rows: [1, 2, 3], deleted: [], end: 0 },
  ]) {
    await sql`drop table if exists tally`.execute(kysely)
    await sql`drop table if exists "tallyEnd"`.execute(kysely)
    await makeTally.execute(kysely)
    for (const used of rows)
      await sql`insert into tally ("keyId", day, used, "oddSecret") values ('key_1', '2026-01-31', ${used}, 1)`.execute(kysely)
    for (const used of deleted) await sql`delete from tally where used = ${used}`.execute(kysely)
    await addTallyEnd(kysely as unknown as Kysely<unknown>, sqliteTypes)
    const kept = await kysely.selectFrom('tally').select(['id', 'keyId', 'used', 'hours', 'oddSecret', 'evenSecret']).execute()
    const left = rows.slice(deleted.length)
    const expected = left.map((used) => ({ id: used, keyId: 'key_1', used, hours: '', oddSecret: 1, evenSecret: null }))
    assert.deepEqual(
      kept.map((row) => ({ ...row })),
      expected,
    )
    assert.deepEqual(
      (await sql<{ deletedUpTo: number }>`select * from "tallyEnd"`.execute(kysely)).rows.map(({ deletedUpTo }) => deletedUpTo),
      [end],
    )
    // The gate goes on from what was counted before, and does not take it for moved.
    const connection = openSqliteConnection(location)
    const tally = new SqliteTally(connection)
    tally.catchUp()
    assert.equal(tally.latest(['key_1'])[0]!.use?.used, left.at(-1))
    connection.close()
  }
  await database.close()
})
