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
import type { Asked, Verdict } from './verdict.ts'

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

/** Does something each time the statement has run, before its answer is told: after the first run the first of `acts`, and so on. Gives the number of runs. */
function afterEachRun(t: TestContext, ...acts: (() => unknown)[]): () => number {
  const { query } = pg.Client.prototype
  let runs = 0
  let isActing = false
  t.mock.method(pg.Client.prototype, 'query', async function (this: pg.Client, ...given: Parameters<typeof query>) {
    const answer = await query.apply(this, given)
    if (isActing || (given[0] as { name?: string }).name !== 'decide') return answer
    isActing = true
    await acts[runs++]?.()
    isActing = false
    return answer
  })
  return () => runs
}

const codes = (verdicts: readonly Verdict[]) => verdicts.map((verdict) => (verdict.admitted ? 'admitted' : verdict.code))

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
    const key = await seedKey(database)
    await database.kysely.updateTable('key').set({ permissions: 'documents:read' }).where('id', '=', key.keyId).execute()
    // PostgreSQL takes a list of permissions to read for one to write.
    await sql`create schema wrong`.execute(database.kysely)
    await sql
      .raw(
        `create function wrong.string_to_array(list text, separator text) returns text[] language sql
        as 'select pg_catalog.string_to_array(replace(list, '':read'', '':write''), separator)'`,
      )
      .execute(database.kysely)
    await setting(database.kysely, 'search_path to wrong, pg_catalog, public')
    const asked = [{ ...ask(key), permission: 'documents:write' as const }]
    await assert.rejects(open(database, t).decide(asked), new GateUnavailableError('the statement and the verdict disagree'))
  })

  it('asks for what is left of a day where a key was asked for more, and for nothing else again', async (t) => {
    const database = await openTestDatabase('postgres', t)
    const [key, other] = [await seedKey(database), await seedKey(database)]
    const gate = open(database, t)
    await gate.decide(Array.from({ length: 8 }, () => ask(key)))
    const runs = afterEachRun(t)
    const verdicts = await gate.decide([ask(key), ask(other), ask(key), ask(key), ask(other)])
    assert.deepEqual(codes(verdicts), ['admitted', 'admitted', 'admitted', 'quota_exceeded', 'admitted'])
    assert.deepEqual(
      verdicts.map((verdict) => 'count' in verdict && verdict.count?.used),
      [9, 1, 10, 10, 2],
    )
    assert.equal(runs(), 2)
    assert.deepEqual(await usedOf(database, key, other), [10, 2])
  })

  it('gives the last of a quota once, whoever else was granted some of it since it was asked for', async (t) => {
    const database = await openTestDatabase('postgres', t)
    const key = await seedKey(database)
    const [gate, another] = [open(database, t), open(database, t)]
    await gate.decide(Array.from({ length: 7 }, () => ask(key)))
    const elsewhere: Verdict[] = []
    const decideElsewhere = async () => elsewhere.push(...(await another.decide([ask(key)])))
    const runs = afterEachRun(t, decideElsewhere, decideElsewhere)
    const verdicts = await gate.decide(Array.from({ length: 5 }, () => ask(key)))
    assert.deepEqual(codes(elsewhere), ['admitted', 'admitted'])
    assert.deepEqual(codes(verdicts), ['admitted', ...Array(4).fill('quota_exceeded')])
    assert.deepEqual([runs(), ...(await usedOf(database, key))], [4, 10])
  })

  it('ends at the quota exactly, however many gates ask for the last of it at once', async (t) => {
    const database = await openTestDatabase('postgres', t)
    const gates = Array.from({ length: 4 }, () => open(database, t))
    for (let left = 10; left > 0; left--) {
      const keys = [await seedKey(database), await seedKey(database)] as const
      const batches = gates.map((gate, index) => gate.decide(Array.from({ length: 2 + index }, (_, at) => ask(keys[at % 2]!))))
      const verdicts = (
        await Promise.all([...batches, ...gates.map((gate) => gate.decide(keys.flatMap((key) => Array(4).fill(ask(key)))))])
      ).flat()
      assert.equal(verdicts.filter((verdict) => verdict.admitted).length, 20)
      assert.deepEqual(await usedOf(database, ...keys), [10, 10])
    }
  })

  it('decides what it asks for again by the key as it is then', async (t) => {
    const database = await openTestDatabase('postgres', t)
    const key = await seedKey(database)
    const gate = open(database, t)
    await gate.decide(Array.from({ length: 8 }, () => ask(key)))
    afterEachRun(t, () => database.kysely.updateTable('key').set({ revokedAt: 1 }).where('id', '=', key.keyId).execute())
    const verdicts = await gate.decide(Array.from({ length: 4 }, () => ask(key)))
    assert.deepEqual(codes(verdicts), Array(4).fill('key_revoked'))
    assert.deepEqual(await usedOf(database, key), [8])
  })

  it('counts on the day on which it asks again, and grants that day all that it has', async (t) => {
    const clock = { offsetMs: noon - Date.now() }
    const database = await openTestDatabase('postgres', t, () => clock.offsetMs)
    const key = await seedKey(database)
    const gate = open(database, t)
    await gate.decide(Array.from({ length: 8 }, () => ask(key)))
    const runs = afterEachRun(t, () => {
      clock.offsetMs += 86_400_000
    })
    const verdicts = await gate.decide(Array.from({ length: 13 }, () => ask(key)))
    assert.deepEqual(codes(verdicts), [...Array(10).fill('admitted'), ...Array(3).fill('quota_exceeded')])
    assert.deepEqual(
      verdicts.map((verdict) => 'count' in verdict && verdict.count?.used),
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 10, 10],
    )
    assert.deepEqual(
      (await readUse(database)).map(({ day, used }) => [day, used]),
      [
        ['2026-01-31', 8],
        ['2026-02-01', 10],
      ],
    )
    assert.equal(runs(), 3)
  })

  it('gives no verdict when the answer to what it asked for again was lost, though it was counted', async (t) => {
    const database = await openTestDatabase('postgres', t)
    const [key, other] = [await seedKey(database), await seedKey(database)]
    const { through, loseNextAnswer } = await openWire(database, t)
    const gate = open(through, t)
    await gate.decide(Array.from({ length: 8 }, () => ask(key)))
    afterEachRun(t, loseNextAnswer)
    await assert.rejects(gate.decide([ask(key), ask(other), ask(key), ask(key)]), GateUnavailableError)
    assert.deepEqual(await usedOf(database, key, other), [10, 1])
  })

  it('writes nothing for a batch that is refused', async (t) => {
    const database = await openTestDatabase('postgres', t)
    const [full, viewer] = [await seedKey(database), await seedKey(database, { role: 'viewer' })]
    const gate = open(database, t)
    await gate.decide(Array.from({ length: 10 }, () => ask(full)))
    const version = async () => (await sql`select ctid, usage.* from usage`.execute(database.kysely)).rows
    const before = await version()
    const runs = afterEachRun(t)
    const asked = [ask(full), { ...ask(viewer), permission: 'documents:write' as const }, ask(full)]
    assert.deepEqual(codes(await gate.decide(asked)), ['quota_exceeded', 'missing_permission', 'quota_exceeded'])
    assert.deepEqual([await version(), runs()], [before, 1])
  })
})

async function usedOf(database: Database, ...keys: SeededKey[]): Promise<number[]> {
  return Promise.all(keys.map(async ({ keyId }) => (await readUse(database, keyId)).reduce((sum, { used }) => sum + used, 0)))
}
