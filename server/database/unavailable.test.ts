import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sql } from 'kysely'
import { freePort } from '../testing/postgres.ts'
import { databaseKinds, locationOf, openTestDatabase } from '../testing/test-database.ts'
import { openDatabase, readClock } from './database.ts'
import { openSqliteConnection } from './sqlite-connection.ts'
import { isUnavailable } from './unavailable.ts'

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error) => error,
  )

describe('isUnavailable', () => {
  for (const kind of databaseKinds) {
    it(`is not said of what was asked wrongly, on ${kind}`, async (t) => {
      const { kysely } = await openTestDatabase(kind, t)
      const organization = sql`insert into organization (id, name, slug, "createdAt") values ('a', 'a', 'a', '2026-01-01T00:00:00.000Z')`
      await organization.execute(kysely)
      for (const wrong of [sql`select nonsense`, sql`insert into member (id) values ('a')`, organization]) {
        const error = await failure(wrong.execute(kysely))
        assert.ok(error instanceof Error)
        assert.equal(isUnavailable(error), false)
      }
    })
  }

  it('is said of PostgreSQL that nobody answers for', async () => {
    const database = openDatabase({ location: `postgres://postgres@127.0.0.1:${await freePort()}/none` })
    assert.equal(isUnavailable(await failure(sql`select 1`.execute(database.kysely))), true)
    await database.close()
  })

  it('is said of PostgreSQL that ends the connection in the middle, and of one that was closed', async (t) => {
    const database = await openTestDatabase('postgres', t)
    const ended = await failure(sql`select pg_terminate_backend(pg_backend_pid())`.execute(database.kysely))
    assert.equal(isUnavailable(ended), true)
    const other = openDatabase({ location: locationOf(database) })
    await readClock(other)
    await other.close()
    assert.equal(isUnavailable(await failure(sql`select 1`.execute(other.kysely))), true)
  })

  it('is said of a row that another holds too long', async (t) => {
    const database = await openTestDatabase('postgres', t)
    await database.kysely.transaction().execute(async (transaction) => {
      await sql`lock table organization`.execute(transaction)
      const late = await failure(
        database.kysely.transaction().execute(async (second) => {
          await sql`set local lock_timeout = 1`.execute(second)
          await sql`select id from organization for update`.execute(second)
        }),
      )
      assert.equal(isUnavailable(late), true)
    })
  })

  it('is said of a file that another process has locked', async (t) => {
    const file = locationOf(await openTestDatabase('sqlite', t))
    const [holder, waiter] = [openSqliteConnection(file), openSqliteConnection(file)]
    holder.exec('begin immediate')
    let error: unknown
    try {
      waiter.exec('begin immediate')
    } catch (thrown) {
      error = thrown
    }
    assert.equal(isUnavailable(error), true)
    for (const connection of [holder, waiter]) connection.close()
  })

  it('is not said of a client that went away', () => {
    assert.equal(isUnavailable(Object.assign(new Error('aborted'), { code: 'ECONNRESET' })), false)
    assert.equal(isUnavailable('a text'), false)
  })
})
