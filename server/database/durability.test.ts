import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sql } from 'kysely'
import { locationOf, openTestDatabase } from '../testing/test-database.ts'
import { createPool } from './postgres.ts'
import { openSqliteConnection } from './sqlite-connection.ts'

describe('a commit', () => {
  it('on SQLite is synced to disk before it is told, of every connection: the write-ahead log with full sync', async (t) => {
    const database = await openTestDatabase('sqlite', t)
    // The gate's thread opens its connection by the same function.
    const connection = openSqliteConnection(locationOf(database), 0)
    t.after(() => connection.close())
    // 2 is FULL; NORMAL, 1, syncs a write-ahead log only now and then (https://sqlite.org/pragma.html#pragma_synchronous).
    assert.deepEqual({ ...connection.prepare('pragma synchronous').get() }, { synchronous: 2 })
    assert.deepEqual({ ...connection.prepare('pragma journal_mode').get() }, { journal_mode: 'wal' })
    const { rows } = await sql<{ synchronous: number }>`pragma synchronous`.execute(database.kysely)
    assert.equal(rows[0]!.synchronous, 2)
  })

  it('on PostgreSQL is as durable as the server is set to: connections set nothing of it themselves', async (t) => {
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
