import assert from 'node:assert/strict'
import fs, { copyFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { promisify } from 'node:util'
import { sql } from 'kysely'
import { GateUnavailableError } from '../admission/gate.ts'
import { openGate } from '../admission/open-gate.ts'
import { makeTestFolder } from '../testing/knowledge-base.ts'
import { seedKey } from '../testing/seed.ts'
import { locationOf, openTestDatabase } from '../testing/test-database.ts'
import { openDatabase } from './database.ts'
import { createPool } from './postgres.ts'
import { openSqliteConnection } from './sqlite-connection.ts'
import { isUnavailable } from './unavailable.ts'
import { SyncFailedError } from './wal-sync.ts'

/** Has each sync of a log wait until it is let go on; tells of those that began. */
function holdSyncs(t: TestContext) {
  const held: { end(error?: Error): Promise<void> }[] = []
  const { fdatasync } = fs
  const hold = (descriptor: number, done: fs.NoParamCallback) => {
    const end = async (error?: Error) => {
      if (error === undefined) await promisify(fdatasync)(descriptor)
      done(error ?? null)
      await settled()
    }
    held.push({ end })
  }
  t.mock.method(fs, 'fdatasync', hold as typeof fdatasync)
  return held
}

/** All has been done by then that can be done without a sync. */
async function settled() {
  for (let turn = 0; turn < 20; turn++) await setImmediate()
}

async function setUp(t: TestContext) {
  const database = await openTestDatabase('sqlite', t)
  const syncs = holdSyncs(t)
  const told: string[] = []
  /** Tells when something is told, under a name. */
  const tell = (name: string, work: Promise<unknown>) =>
    work.then(
      () => told.push(name),
      (error) => told.push(`${name}: ${error.name}`),
    )
  const insert = (id: string) =>
    database.kysely.insertInto('organization').values({ id, name: id, slug: id, createdAt: '2026-01-01T00:00:00.000Z' }).execute()
  const transaction = (id: string) =>
    database.kysely.transaction().execute(async (inside) => {
      await inside.insertInto('organization').values({ id, name: id, slug: id, createdAt: '2026-01-01T00:00:00.000Z' }).execute()
      return inside.selectFrom('organization').select('id').execute()
    })
  const read = () => database.kysely.selectFrom('organization').select('id').execute()
  return { database, syncs, told, tell, insert, transaction, read }
}

describe('a commit on SQLite', () => {
  it('of a transaction or of a statement alone is told once a sync has ended that began after it', async (t) => {
    const { syncs, told, tell, insert, transaction } = await setUp(t)
    void tell('transaction', transaction('org_1'))
    await settled()
    assert.deepEqual([told, syncs.length], [[], 1])
    void tell('statement', insert('org_2'))
    await settled()
    assert.deepEqual([told, syncs.length], [[], 1])
    // The first sync may have begun before the second commit was written.
    await syncs[0]!.end()
    assert.deepEqual([told, syncs.length], [['transaction'], 2])
    await syncs[1]!.end()
    assert.deepEqual(told, ['transaction', 'statement'])
  })

  it('of the gate is told once its count is on disk', async (t) => {
    const { database, syncs, told, tell } = await setUp(t)
    const gate = openGate(database, { dailyQuota: 10 })
    t.after(() => gate.close())
    void tell('verdict', gate.decide([{ secretHash: 'unknown', permission: 'documents:read', address: '192.0.2.1' }]))
    await settled()
    assert.deepEqual([told, syncs.length], [[], 1])
    await syncs[0]!.end()
    assert.deepEqual(told, ['verdict'])
  })

  it('shares its sync with all that were made while another was under way, and keeps none of them from the database meanwhile', async (t) => {
    const { syncs, told, tell, insert } = await setUp(t)
    for (let number = 1; number <= 5; number++) void tell(`${number}`, insert(`org_${number}`))
    await settled()
    assert.equal(syncs.length, 1)
    await syncs[0]!.end()
    await syncs[1]!.end()
    assert.deepEqual([told.toSorted(), syncs.length], [['1', '2', '3', '4', '5'], 2])
  })

  it('is not told by those who read it either before it is on disk; who reads what is on disk waits for nothing', async (t) => {
    const { syncs, told, tell, insert, read } = await setUp(t)
    await read()
    assert.equal(syncs.length, 0)
    void tell('insert', insert('org_1'))
    await settled()
    void tell('read', read())
    await settled()
    assert.deepEqual(told, [])
    await syncs[0]!.end()
    assert.deepEqual([told.toSorted(), syncs.length], [['insert', 'read'], 1])
    assert.deepEqual(
      (await read()).map(({ id }) => id),
      ['org_1'],
    )
  })

  it('that the disk did not take is an error to all who wait for it, and nothing more is committed, by the gate neither', async (t) => {
    const { database, syncs, told, tell, insert, read } = await setUp(t)
    const seeding = seedKey(database)
    let ended = 0
    const ending = setInterval(() => {
      while (ended < syncs.length) void syncs[ended++]!.end()
    }, 1)
    const { secretHash } = await seeding
    const gate = openGate(database, { dailyQuota: 10 })
    t.after(() => gate.close())
    const asked = { secretHash, permission: 'documents:read', address: '192.0.2.1' } as const
    assert.equal((await gate.decide([asked]))[0]?.admitted, true)
    clearInterval(ending)
    void tell('insert', insert('org_1'))
    void tell('read', read())
    await settled()
    const goOn = Promise.withResolvers<void>()
    const late = database.kysely.transaction().execute(async (transaction) => {
      await goOn.promise
      return transaction.deleteFrom('organization').execute()
    })
    void tell('late', late)
    await settled()
    await syncs.at(-1)!.end(Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO', syscall: 'fdatasync' }))
    assert.deepEqual(told.toSorted(), ['insert: SyncFailedError', 'read: SyncFailedError'])
    const before = syncs.length
    goOn.resolve()
    await settled()
    assert.equal(told.at(-1), 'late: SyncFailedError')
    await assert.rejects(insert('org_2'), (error) => error instanceof SyncFailedError && isUnavailable(error))
    await assert.rejects(read(), SyncFailedError)
    await assert.rejects(gate.decide([asked]), GateUnavailableError)
    assert.equal(syncs.length, before)
    const other = openSqliteConnection(locationOf(database))
    t.after(() => other.close())
    assert.equal(other.prepare("select id from organization where id = 'org_2'").get(), undefined)
    assert.deepEqual({ ...other.prepare('select max(used) as used from tally').get() }, { used: 1 })
  })

  it('that a crash left in the log is in the file, and synced with it, before anything else is committed', async (t) => {
    const database = await openTestDatabase('sqlite', t)
    const { keyId } = await seedKey(database)
    const file = join(makeTestFolder(t), 'leafpad.db')
    // Of a database that nobody has closed.
    for (const part of ['', '-wal']) copyFileSync(`${locationOf(database)}${part}`, `${file}${part}`)
    assert.ok(statSync(`${file}-wal`).size > 0)
    const after = openDatabase({ location: file })
    t.after(() => after.close())
    assert.equal(statSync(`${file}-wal`).size, 0)
    assert.deepEqual(
      (await after.kysely.selectFrom('key').select('id').execute()).map(({ id }) => id),
      [keyId],
    )
  })

  it('cannot break the file: what SQLite must sync for that it syncs, of the log and of the file', async (t) => {
    const { kysely } = await openTestDatabase('sqlite', t)
    // 1 is NORMAL; with OFF, 0, SQLite syncs nothing (https://sqlite.org/pragma.html#pragma_synchronous).
    assert.deepEqual((await sql<{ synchronous: number }>`pragma synchronous`.execute(kysely)).rows[0]!.synchronous, 1)
    assert.deepEqual((await sql<{ journal_mode: string }>`pragma journal_mode`.execute(kysely)).rows[0]!.journal_mode, 'wal')
  })
})

describe('a commit on PostgreSQL', () => {
  it('is as durable as the server is set to: connections set nothing of it themselves', async (t) => {
    const database = await openTestDatabase('postgres', t)
    const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(database.kysely)
    const pool = createPool(locationOf(database), { max: 1 })
    t.after(() => pool.end())
    // Other values than PostgreSQL's own, each seen by a connection that is made after it was set.
    for (const value of ['remote_apply', 'local']) {
      await sql.raw(`alter database ${rows[0]!.name} set synchronous_commit to ${value}`).execute(database.kysely)
      const client = await pool.connect()
      try {
        const { rows: shown } = await client.query('show synchronous_commit')
        assert.deepEqual(shown, [{ synchronous_commit: value }])
      } finally {
        client.release(true)
      }
    }
  })
})
