import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, test } from 'node:test'
import { type Kysely, sql } from 'kysely'
import { createTestDatabase, databaseKinds } from '../testing/test-database.ts'
import { openDatabase, readClock } from './database.ts'
import { migrate, NewerDatabaseError } from './migrate.ts'
import { up as addTallyEnd } from './migrations/0013-tally-end.ts'

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
  const database = openDatabase({ location: await createTestDatabase('sqlite', t) })
  const { kysely } = database
  const columns = ['odd', 'even'].map((slot) => `"${slot}Secret" integer, "${slot}UsedAt" integer, "${slot}UsedAddress" text`).join(', ')
  const makeTally = sql.raw(
    `create table tally (id integer primary key autoincrement, "keyId" text not null, day text not null, used integer not null, hours text not null default '', ${columns})`,
  )
  const types = { integer: 'integer', date: 'date', boolean: 'integer', byPrimaryKey: sql`without rowid` } as const
  for (const { rows, end } of [
    { rows: [], end: 0 },
    { rows: [1, 2, 3], end: 3 },
  ]) {
    await sql`drop table if exists tally`.execute(kysely)
    await sql`drop table if exists "tallyEnd"`.execute(kysely)
    await makeTally.execute(kysely)
    for (const used of rows)
      await sql`insert into tally ("keyId", day, used, "oddSecret") values ('key_1', '2026-01-31', ${used}, 1)`.execute(kysely)
    await sql`delete from tally where used in (1, 3)`.execute(kysely)
    await addTallyEnd(kysely as unknown as Kysely<unknown>, types)
    const kept = await kysely.selectFrom('tally').select(['id', 'keyId', 'used', 'hours', 'oddSecret', 'evenSecret']).execute()
    const expected = { id: 2, keyId: 'key_1', used: 2, hours: '', oddSecret: 1, evenSecret: null }
    assert.deepEqual(
      kept.map((row) => ({ ...row })),
      rows.length === 0 ? [] : [expected],
    )
    assert.deepEqual(
      (await sql<{ deletedUpTo: number }>`select * from "tallyEnd"`.execute(kysely)).rows.map(({ deletedUpTo }) => deletedUpTo),
      [end],
    )
  }
  await database.close()
})
