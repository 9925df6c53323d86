import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { sql } from 'kysely'
import { openTestApp } from '../testing/test-app.ts'
import { openTestDatabase } from '../testing/test-database.ts'
import type { Database } from './database.ts'
import { TurnTimeoutError } from './turn.ts'
import { isUnavailable } from './unavailable.ts'

/** Lets the database's file grow no more, as a full disk does. */
async function fill({ kysely }: Database) {
  const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(kysely)
  await sql`pragma max_page_count = ${sql.lit(rows[0]!.page_count)}`.execute(kysely)
}

describe('a turn that somebody keeps', () => {
  it('is waited for ten seconds by everybody, and who was refused is in nobody’s way later', { timeout: 30_000 }, async (t) => {
    const database = await openTestDatabase('sqlite', t)
    assert.ok(database.kind === 'sqlite')
    const read = () => database.kysely.selectFrom('organization').select('id').execute()
    const end = await database.turn.take()
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const waiting = [read(), database.kysely.transaction().execute(read), read()]
    for (const one of waiting) one.catch(() => {})
    // Each has come to where it waits.
    await setImmediate()
    t.mock.timers.tick(10_000)
    t.mock.timers.reset()
    for (const one of waiting) await assert.rejects(one, TurnTimeoutError)
    end()
    assert.deepEqual(await read(), [])
  })
})

describe('a disk that is full', () => {
  it('is what a transaction fails with, although SQLite has rolled it back by itself; the next one works', async (t) => {
    const database = await openTestDatabase('sqlite', t)
    const { kysely } = database
    await fill(database)
    const insert = kysely.transaction().execute(async (transaction) => {
      const values = { id: 'org_1', name: 'x'.repeat(1_000_000), slug: 'org_1', createdAt: '2026-01-01T00:00:00.000Z' }
      await transaction.insertInto('organization').values(values).execute()
    })
    await assert.rejects(insert, (error) => isUnavailable(error) && /full/.test(String(error)))
    const rows = await kysely.transaction().execute((transaction) => transaction.selectFrom('organization').select('id').execute())
    assert.deepEqual(rows, [])
  })

  it('is answered 503, and reading still works', async (t) => {
    const { app, database, signedInAs } = await openTestApp('sqlite', t)
    const { cookie } = await signedInAs()
    await fill(database)
    const create = () =>
      app.inject({
        method: 'POST',
        url: '/api/dashboard/v1/organizations',
        headers: { cookie },
        payload: { name: '\u{1F343}'.repeat(100) },
      })
    let answer = await create()
    for (let attempt = 0; attempt < 500 && answer.statusCode === 201; attempt++) answer = await create()
    assert.deepEqual([answer.statusCode, answer.json().code], [503, 'database_unavailable'])
    assert.equal((await app.inject({ url: '/api/dashboard/v1/organizations', headers: { cookie } })).statusCode, 200)
  })
})
