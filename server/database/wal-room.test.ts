import assert from 'node:assert/strict'
import fs, { copyFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { sql } from 'kysely'
import { makeTestFolder } from '../testing/knowledge-base.ts'
import { locationOf, openTestDatabase } from '../testing/test-database.ts'
import { type Database, openDatabase } from './database.ts'
import { openSqliteConnection } from './sqlite-connection.ts'

const roomBytes = 1 << 20

/** Keeps organizations, each in a transaction of its own. */
async function insert({ kysely }: Database, names: readonly string[]) {
  for (const name of names) {
    const values = { id: name, name, slug: name, createdAt: '2026-01-01T00:00:00.000Z' }
    await kysely.transaction().execute((transaction) => transaction.insertInto('organization').values(values).execute())
  }
}

function names(prefix: string, count: number) {
  return Array.from({ length: count }, (_, number) => `${prefix}_${number}`)
}

const logLength = (database: Database) => statSync(`${locationOf(database)}-wal`).size

/** What is in a database that was copied while it was open, as a crash would leave it. */
async function readAfterCrash(t: TestContext, database: Database) {
  const file = join(makeTestFolder(t), 'leafpad.db')
  for (const part of ['', '-wal']) copyFileSync(`${locationOf(database)}${part}`, `${file}${part}`)
  const { kysely, close } = openDatabase({ location: file })
  try {
    const { rows } = await sql<{ integrity_check: string }>`pragma integrity_check`.execute(kysely)
    assert.equal(rows[0]!.integrity_check, 'ok')
    return (await kysely.selectFrom('organization').select('id').execute()).map(({ id }) => id)
  } finally {
    await close()
  }
}

describe('the room in SQLite’s log', () => {
  it('is made once there is traffic, so that commits do not make the file longer; a crash in it loses nothing', async (t) => {
    const database = await openTestDatabase('sqlite', t)
    await insert(database, names('first', 2))
    assert.ok(logLength(database) < roomBytes / 4, 'a few commits are no traffic')
    await insert(database, names('second', 20))
    const withRoom = logLength(database)
    assert.ok(withRoom > roomBytes)
    await insert(database, names('third', 40))
    assert.equal(logLength(database), withRoom)
    const all = [...names('first', 2), ...names('second', 20), ...names('third', 40)]
    assert.deepEqual((await readAfterCrash(t, database)).toSorted(), all.toSorted())
  })

  it('is made again once it is full, and after the log was emptied', async (t) => {
    const database = await openTestDatabase('sqlite', t)
    await insert(database, names('first', 20))
    const first = logLength(database)
    await insert(database, names('second', 150))
    const second = logLength(database)
    assert.ok(second > first + roomBytes, `${second} bytes`)
    await sql`pragma wal_checkpoint(truncate)`.execute(database.kysely)
    assert.equal(logLength(database), 0)
    await insert(database, names('third', 40))
    assert.ok(logLength(database) > roomBytes)
    assert.equal((await readAfterCrash(t, database)).length, 210)
  })

  it('is never made over what another process has committed', async (t) => {
    const database = await openTestDatabase('sqlite', t)
    const other = openDatabase({ location: locationOf(database) })
    t.after(() => other.close())
    // Each makes room, and fills what the other has made.
    for (let turn = 0; turn < 12; turn++) {
      await insert(database, names(`one_${turn}`, 5 + turn))
      await insert(other, names(`other_${turn}`, 16 - turn))
    }
    assert.equal((await readAfterCrash(t, database)).length, 12 * 21)
  })

  it('is made while nobody else can commit, by the gate’s transactions as by others', async (t) => {
    const database = await openTestDatabase('sqlite', t)
    assert.ok(database.kind === 'sqlite')
    const other = openSqliteConnection(locationOf(database))
    t.after(() => other.close())
    const { fstatSync } = fs
    let looks = 0
    t.mock.method(fs, 'fstatSync', ((descriptor: number) => {
      assert.throws(() => other.exec('begin immediate'), /database is locked/)
      looks++
      return fstatSync(descriptor)
    }) as typeof fstatSync)
    await insert(database, names('organization', 32))
    for (let number = 0; number < 32; number++) await (await database.transact(() => {})).onDisk
    assert.equal(looks, 4)
  })

  it('is looked for rarely, since after each look the system writes more with the next sync', async (t) => {
    const database = await openTestDatabase('sqlite', t)
    const looks = t.mock.method(fs, 'fstatSync')
    await insert(database, names('organization', 64))
    assert.equal(looks.mock.callCount(), 4)
  })

  it('is done without where the disk has none: commits go on', async (t) => {
    const database = await openTestDatabase('sqlite', t)
    const writes = t.mock.method(fs, 'writeSync', () => {
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
    })
    await insert(database, names('organization', 40))
    assert.ok(writes.mock.callCount() > 0)
    assert.ok(logLength(database) < roomBytes)
    assert.equal((await readAfterCrash(t, database)).length, 40)
  })
})
