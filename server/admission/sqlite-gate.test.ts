import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { sql } from 'kysely'
import { openSqliteConnection } from '../database/sqlite-connection.ts'
import type { Permission } from '../organizations/roles.ts'
import { readUse } from '../testing/read-use.ts'
import { type SeededKey, seedKey } from '../testing/seed.ts'
import { locationOf, openTestDatabase } from '../testing/test-database.ts'
import { openGate } from './open-gate.ts'
import type { Asked } from './verdict.ts'

describe('the gate on sqlite', () => {
  it('writes one row a key for a batch, which is the count and the last use in one', async (t) => {
    const database = await openTestDatabase('sqlite', t)
    const [first, second] = [await seedKey(database), await seedKey(database)]
    assert.ok(database.kind === 'sqlite')
    const gate = openGate(database, { dailyQuota: 1_000 })
    t.after(() => gate.close())
    const rowsWritten = async () => {
      const { rows } = await sql<{ rows: number }>`select total_changes() as rows`.execute(database.kysely)
      return rows[0]!.rows
    }
    for (const address of ['192.0.2.1', '192.0.2.2']) {
      const before = await rowsWritten()
      const asked = (of: SeededKey, count: number, permission: Permission, from: string) =>
        Array.from({ length: count }, (): Asked => ({ secretHash: of.secretHash, permission, address: from }))
      await gate.decide([
        ...asked(first, 20, 'documents:read', '192.0.2.9'),
        ...asked(second, 1, 'documents:read', address),
        ...asked(first, 10, 'documents:write', address),
      ])
      assert.equal((await rowsWritten()) - before, 2)
      const use = await readUse(database)
      assert.deepEqual(
        use.map(({ oddUsedAddress }) => oddUsedAddress),
        [address, address],
      )
    }
  })

  it('leaves nothing in the tally when it is closed, and loses nothing of it', async (t) => {
    const database = await openTestDatabase('sqlite', t)
    const gate = openGate(database, { dailyQuota: 10 })
    // More than one part of what is folded at a time.
    const keys: SeededKey[] = []
    for (let index = 0; index < 300; index++) keys.push(await seedKey(database))
    await gate.decide(keys.map(({ secretHash }) => ({ secretHash, permission: 'documents:read', address: '192.0.2.1' })))
    const before = await readUse(database)
    assert.equal(before.length, keys.length)
    await gate.close()
    assert.deepEqual(await database.kysely.selectFrom('tally').selectAll().execute(), [])
    assert.deepEqual(await readUse(database), before)
  })

  it('leaves off folding, once nobody had asked for a second, when somebody asks', async (t) => {
    const database = await openTestDatabase('sqlite', t)
    const asked: Asked[] = []
    // Three parts of what is folded at a time.
    for (let index = 0; index < 600; index++) {
      asked.push({ secretHash: (await seedKey(database)).secretHash, permission: 'documents:read', address: '192.0.2.1' })
    }
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const gate = openGate(database, { dailyQuota: 10 })
    t.after(() => gate.close())
    await gate.decide(asked)
    t.mock.timers.tick(1_000)
    await gate.decide(asked.slice(0, 1))
    // Each query takes a turn at the database: so many that all could have been folded between them.
    let rows: unknown[] = []
    for (let turn = 0; turn < 10; turn++) rows = await database.kysely.selectFrom('usage').select('used').execute()
    // One part before the batch, and one by the batch.
    assert.equal(rows.length, 512)
  })

  it('answers a batch that took so long that the tally was to be folded beside it, and the next one', { timeout: 30_000 }, async (t) => {
    const database = await openTestDatabase('sqlite', t)
    const { secretHash } = await seedKey(database)
    const asked = { secretHash, permission: 'documents:read', address: '192.0.2.1' } as const
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const gate = openGate(database, { dailyQuota: 10 })
    t.after(() => gate.close())
    // Another process has the database: the batch waits for it, and holds the turn.
    const other = openSqliteConnection(locationOf(database))
    other.exec('begin immediate')
    const deciding = gate.decide([asked])
    // Nobody has asked for a second, and then folding gets no turn for ten.
    for (const passedMs of [1_000, 10_000]) {
      t.mock.timers.tick(passedMs)
      await setImmediate()
    }
    t.mock.timers.reset()
    other.exec('rollback')
    other.close()
    assert.equal((await deciding)[0]?.admitted, true)
    assert.equal((await gate.decide([asked]))[0]?.admitted, true)
  })
})
