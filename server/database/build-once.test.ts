import assert from 'node:assert/strict'
import { it } from 'node:test'
import { seedKey } from '../testing/seed.ts'
import { openTestDatabase } from '../testing/test-database.ts'
import { buildOnce } from './build-once.ts'
import type { Database } from './database.ts'

for (const kind of ['sqlite', 'postgres'] as const) {
  it(`a query is built once for each database and carried out with its values of each time, in transactions too, on ${kind}`, async (t) => {
    const built: Database[] = []
    const insert = buildOnce(
      (database: Database, { organizationId, bytes, more }: { organizationId: string; bytes: number; more: number }) => {
        built.push(database)
        return database.kysely
          .insertInto('storage')
          .values({ organizationId, usedBytes: bytes })
          .onConflict((conflict) =>
            conflict
              .column('organizationId')
              .doUpdateSet((set) => ({ usedBytes: set('storage.usedBytes', '+', more) }))
              .where('storage.usedBytes', '<', 20),
          )
          .returning('usedBytes')
      },
    )
    const databases = [await openTestDatabase(kind, t), await openTestDatabase(kind, t)]
    for (const database of databases) {
      const { kysely } = database
      const [a, b] = [(await seedKey(database)).organizationId, (await seedKey(database)).organizationId]
      const inserted = async (...asked: Parameters<typeof insert>) => (await insert(...asked)).map((row) => ({ ...row }))
      assert.deepEqual(await inserted(database, kysely, { organizationId: a, bytes: 1, more: 10 }), [{ usedBytes: 1 }])
      const again = { organizationId: a, bytes: 2, more: 20 }
      const inTransaction = kysely.transaction().execute((transaction) => inserted(database, transaction, again))
      assert.deepEqual(await inTransaction, [{ usedBytes: 21 }])
      assert.deepEqual(await inserted(database, kysely, again), [])
      assert.deepEqual(await inserted(database, kysely, { organizationId: b, bytes: 3, more: 30 }), [{ usedBytes: 3 }])
    }
    assert.deepEqual(built, databases)
  })
}
