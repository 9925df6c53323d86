import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { sql } from 'kysely'
import pg from 'pg'
import { type Database, openDatabase } from '../database/database.ts'
import { readUse } from '../testing/read-use.ts'
import { type SeededKey, seedKey } from '../testing/seed.ts'
import { locationOf, openTestDatabase } from '../testing/test-database.ts'
import { GateUnavailableError } from './gate.ts'
import { openGate } from './open-gate.ts'
import type { Asked } from './verdict.ts'

const noon = Date.UTC(2026, 0, 31, 12)

const ask = ({ secretHash }: SeededKey): Asked => ({ secretHash, permission: 'documents:read', address: '192.0.2.1' })

function open(database: Database, t: TestContext) {
  const gate = openGate(database, { dailyQuota: 10 })
  t.after(() => gate.close())
  return gate
}

/** Stops the clock of a database for connections that are made from now on. */
async function stopClock({ kysely }: Database, at: number) {
  await sql`create schema stopped`.execute(kysely)
  await sql
    .raw(`create function stopped.clock_timestamp() returns timestamptz language sql as 'select to_timestamp(${at} / 1000.0)'`)
    .execute(kysely)
  await setting(kysely, 'search_path to stopped, pg_catalog, public')
}

/** Sets something for connections that are made from now on. */
async function setting(kysely: Database['kysely'], what: string) {
  const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(kysely)
  await sql.raw(`alter database ${rows[0]!.name} set ${what}`).execute(kysely)
}

/** A way to the database that can be cut at the very moment at which an answer comes back. */
async function openWire(database: Database, t: TestContext) {
  const url = new URL(locationOf(database))
  const { port, hostname } = new URL(url)
  let isLosing = false
  const wire = createServer((client) => {
    const server = connect(Number(port), hostname)
    client.pipe(server)
    server.on('data', (answer) => {
      if (isLosing) client.destroy()
      else client.write(answer)
      isLosing = false
    })
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.on('error', () => {})
      one.on('close', () => other.destroy())
    }
  })
  wire.listen(0, '127.0.0.1')
  await once(wire, 'listening')
  t.after(() => wire.close())
  url.host = `127.0.0.1:${(wire.address() as AddressInfo).port}`
  const through = openDatabase({ location: url.href })
  t.after(() => through.close())
  return {
    through,
    loseNextAnswer() {
      isLosing = true
    },
  }
}

describe('the gate on postgres', () => {
  it('writes one row a key for a batch, in one statement, which is the count and the last use in one', async (t) => {
    const database = await openTestDatabase('postgres', t)
    // Where rows lie is told from the beginning of the table's file.
    await sql`truncate usage`.execute(database.kysely)
    const keys = [await seedKey(database), await seedKey(database)] as const
    const gate = open(database, t)
    const decide = (address: string) =>
      gate.decide([{ ...ask(keys[0]), address: '192.0.2.9' }, ...[...keys, keys[0]].map((key) => ({ ...ask(key), address }))])
    await decide('192.0.2.1')
    // A row that is written again is another version of it, the next one in its page.
    const versions = async () => {
      const { rows } = await sql<{ at: number }>`select (ctid::text::point)[1]::int as at from usage order by at`.execute(database.kysely)
      return rows.map(({ at }) => at)
    }
    assert.deepEqual(await versions(), [1, 2])
    const query = t.mock.method(pg.Client.prototype, 'query')
    await decide('192.0.2.2')
    assert.equal(query.mock.callCount(), 1)
    assert.deepEqual(await versions(), [3, 4])
    assert.deepEqual(
      (await readUse(database)).map(({ oddUsedAddress }) => oddUsedAddress),
      ['192.0.2.2', '192.0.2.2'],
    )
  })

  it('expires a key at its instant by the clock of PostgreSQL, not a millisecond before', async (t) => {
    const database = await openTestDatabase('postgres', t)
    const [atIt, before] = [await seedKey(database, { expiresAt: noon }), await seedKey(database, { expiresAt: noon + 1 })]
    await stopClock(database, noon)
    const [expired, admitted] = await open(database, t).decide([ask(atIt), ask(before)])
    assert.deepEqual([!expired?.admitted && expired?.code, admitted?.admitted], ['key_expired', true])
  })

  it('counts on the UTC day of PostgreSQL, whatever the zones of the two and the clock of the process', async (t) => {
    const database = await openTestDatabase('postgres', t)
    const key = await seedKey(database)
    await setting(database.kysely, "timezone to 'Pacific/Kiritimati'")
    await stopClock(database, noon)
    t.mock.timers.enable({ apis: ['Date'], now: noon + 3 * 86_400_000 })
    const [verdict] = await open(database, t).decide([ask(key)])
    assert.ok(verdict?.admitted)
    assert.deepEqual([verdict.count.day, verdict.count.now], ['2026-01-31', noon])
    assert.deepEqual(
      (await readUse(database)).map(({ day, oddUsedAt }) => [day, oddUsedAt]),
      [['2026-01-31', noon]],
    )
  })

  it('gives no verdict and does not ask again when the answer was lost, though the batch was counted', async (t) => {
    const database = await openTestDatabase('postgres', t)
    const key = await seedKey(database)
    const { through, loseNextAnswer } = await openWire(database, t)
    const gate = open(through, t)
    await gate.decide([ask(key)])
    loseNextAnswer()
    await assert.rejects(gate.decide([ask(key)]), GateUnavailableError)
    const [verdict] = await gate.decide([ask(key)])
    assert.equal(verdict?.admitted && verdict.count.used, 3)
  })

  it('admits nobody when the statement and the rule of the program differ', async (t) => {
    const database = await openTestDatabase('postgres', t)
    const viewer = await seedKey(database, { role: 'viewer' })
    // PostgreSQL takes every role for one that may.
    await sql`create schema wrong`.execute(database.kysely)
    await sql
      .raw(
        `create function wrong.string_to_array(list text, separator text) returns text[] language sql
        as 'select case separator when '','' then array[''viewer''] else pg_catalog.string_to_array(list, separator) end'`,
      )
      .execute(database.kysely)
    await setting(database.kysely, 'search_path to wrong, pg_catalog, public')
    const asked = [ask(viewer), { ...ask(viewer), permission: 'documents:write' as const }]
    await assert.rejects(open(database, t).decide(asked), new GateUnavailableError('the statement and the verdict disagree'))
  })
})
