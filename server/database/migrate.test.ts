import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { sql } from 'kysely'
import { createTestDatabase, databaseKinds } from '../testing/test-database.ts'
import { openDatabase, readClock } from './database.ts'
import { migrate, NewerDatabaseError } from './migrate.ts'

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
