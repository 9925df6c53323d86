import assert from 'node:assert/strict'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { sql } from 'kysely'
import { openGate } from '../admission/open-gate.ts'
import { seedKey } from '../testing/seed.ts'
import { createTestDatabase, locationOf, openTestDatabase } from '../testing/test-database.ts'
import { sqliteTypes } from './column-types.ts'
import { type Database, openDatabase } from './database.ts'
import { migrate } from './migrate.ts'

/** What the gate says to a request with each secret: the id of its key where it is admitted, else why not. */
async function verdicts(t: TestContext, database: Database, secretHashes: readonly string[]): Promise<string[]> {
  const gate = openGate(database, { dailyQuota: 100 })
  t.after(() => gate.close())
  const asked = secretHashes.map((secretHash) => ({ secretHash, permission: 'documents:read', address: '192.0.2.1' }) as const)
  return (await gate.decide(asked)).map((verdict) => (verdict.admitted ? verdict.key.keyId : verdict.code))
}

/** An embedded database as it was before keys were numbered. */
async function openEarlierDatabase(t: TestContext): Promise<Database> {
  const database = openDatabase({ location: await createTestDatabase('sqlite', t) })
  t.after(() => database.close())
  await sql`create table migration (name varchar(255) primary key not null, timestamp varchar(255) not null)`.execute(database.kysely)
  const folder = join(import.meta.dirname, 'migrations')
  for (const file of readdirSync(folder).sort()) {
    if (file >= '0014') break
    const { up } = await import(join(folder, file))
    await up(database.kysely, sqliteTypes)
    await sql`insert into migration values (${file.replace('.ts', '')}, '2026-01-01')`.execute(database.kysely)
  }
  return database
}

describe('the number of a key on sqlite', () => {
  it('is given to keys that were there before, which keep all that is about them', async (t) => {
    const database = await openEarlierDatabase(t)
    const { kysely } = database
    const keys = [await seedKey(database), await seedKey(database, { expiresAt: 8e15 }), await seedKey(database)]
    await kysely
      .updateTable('key')
      .set({ revokedAt: 1, revokedBy: 'user_1', revokedReason: 'other', revokedNote: 'Ü', networks: '192.0.2.0/24', idleLiftedAt: 2 })
      .set({ name: 'Name', createdAt: 3, permissions: 'documents:read' })
      .where('id', '=', keys[2]!.keyId)
      .execute()
    await sql`insert into usage ("keyId", day, used) values (${keys[0]!.keyId}, '2026-01-01', 7)`.execute(kysely)
    await sql`insert into refusal ("keyId", hour, code, count) values (${keys[1]!.keyId}, '2026-01-01T05', 'key_expired', 7)`.execute(
      kysely,
    )
    await sql`insert into request ("keyId", at, "secretNumber", method, route, status, address, "requestId")
      values (${keys[1]!.keyId}, 1, 1, 'GET', '/me', 200, '192.0.2.1', 'req_1')`.execute(kysely)
    const all = async () => {
      const rows: Record<string, unknown[]> = {}
      for (const table of ['key', 'secret', 'usage', 'refusal', 'request'] as const) {
        // What a row has by its number it has since.
        const found = (await kysely.selectFrom(table).selectAll().execute()) as {
          rowid?: number
          keyRowid?: number
          keyId?: string
          id?: string
        }[]
        rows[table] = found.map(({ rowid, keyRowid, ...rest }) => rest).sort((a, b) => ((a.keyId ?? a.id!) < (b.keyId ?? b.id!) ? 1 : -1))
      }
      return rows
    }
    const before = await all()
    assert.equal((await migrate(database))[0], '0014-key-rowid')
    assert.equal(statSync(`${locationOf(database)}-wal`).size, 0)
    assert.deepEqual(await all(), before)
    assert.deepEqual((await sql`pragma foreign_key_check`.execute(kysely)).rows, [])
    const secrets = keys.map(({ secretHash }) => secretHash)
    assert.deepEqual(await verdicts(t, database, secrets), [keys[0]!.keyId, keys[1]!.keyId, 'key_revoked'])
    // And what is about a key still goes with it.
    await kysely.deleteFrom('key').where('id', 'in', [keys[0]!.keyId, keys[1]!.keyId]).execute()
    const left = Object.entries(await all()).map(([table, rows]) => [table, rows.length])
    assert.deepEqual(Object.fromEntries(left), { key: 1, secret: 1, usage: 0, refusal: 0, request: 0 })
  })

  it('lets in no secret by the number of another key', async (t) => {
    const database = await openTestDatabase('sqlite', t)
    const [erased, next] = [await seedKey(database), await seedKey(database)]
    await sql`update secret set "keyRowid" = (select rowid from key where id = ${next.keyId}) where hash = ${erased.secretHash}`.execute(
      database.kysely,
    )
    assert.deepEqual(await verdicts(t, database, [erased.secretHash, next.secretHash]), ['invalid_key', next.keyId])
  })
})
