import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { createRequests, type Requests } from '../admission/requests.ts'
import { type Database, readClock } from '../database/database.ts'
import { deleteOrganization } from '../organizations/delete-organization.ts'
import { seedKey } from '../testing/seed.ts'
import { openTestApp } from '../testing/test-app.ts'
import { type DatabaseKind, databaseKinds, openTestDatabase } from '../testing/test-database.ts'
import { listKeyRequests } from './list-key-requests.ts'
import { readKeyUse } from './read-key-use.ts'
import type { KeyUseAnswer } from './schema.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

async function open(kind: DatabaseKind, t: TestContext) {
  // Noon of the next day: real midnights are half a day away.
  let clockOffsetMs = dayMs - (Date.now() % dayMs) + 12 * hourMs
  const test = await openTestApp(kind, t, { config: { dailyQuota: 4 }, clockOffsetMs: () => clockOffsetMs })
  const member = await test.signedInAs('viewer')
  const { keyId, secret } = await test.generateKey(member)
  const ask = async (method: 'GET' | 'POST' = 'GET', path = '/me') => {
    const answer = await test.app.inject({ method, url: `/api/public/v1${path}`, headers: { 'x-api-key': secret } })
    return answer.statusCode
  }
  /** What is written once a second, waited for. */
  async function use(until: (use: KeyUseAnswer) => boolean = () => true) {
    for (;;) {
      const read = await readKeyUse(test.database, member, keyId)
      if (until(read)) return read
      await setImmediate()
    }
  }
  return { test, member, keyId, secret, ask, use, moveClock: (ms: number) => (clockOffsetMs += ms) }
}

const sum = (counts: readonly { readonly count: number }[]) => counts.reduce((total, { count }) => total + count, 0)

/** Notes an answered request of a key that was made at a time. */
const noteInto = (requests: Requests) => (keyId: string, at: number) =>
  requests.note(keyId, () => ({
    keyId,
    at,
    secretNumber: 1,
    method: 'GET',
    route: '/',
    status: 200,
    code: null,
    address: '',
    requestId: 'r',
  }))

/** When the requests were made that are kept of a key, the newest first. */
async function keptOf(database: Database, keyId: string) {
  const rows = await database.kysely.selectFrom('request').select('at').where('keyId', '=', keyId).orderBy('id', 'desc').execute()
  return rows.map(({ at }) => at)
}

const descending = (from: number, count: number) => Array.from({ length: count }, (_, index) => from - index)

for (const kind of databaseKinds) {
  describe(`the history of a key on ${kind}`, () => {
    it('tells of 30 days and 48 hours what was admitted, exactly, and what was refused and why', async (t) => {
      const { ask, use, moveClock } = await open(kind, t)
      const never = await use()
      assert.deepEqual([never.days.length, never.hours.length], [30, 48])
      assert.ok([...never.days, ...never.hours].every(({ admitted, refused }) => admitted === 0 && refused.length === 0))
      assert.deepEqual([await ask(), await ask('POST', '/knowledge-base')], [200, 403])
      moveClock(2 * hourMs)
      assert.deepEqual([await ask(), await ask(), await ask(), await ask(), await ask()], [200, 200, 200, 429, 429])
      moveClock(dayMs)
      assert.equal(await ask(), 200)
      const { days, hours } = await use(({ days }) => sum(days.flatMap(({ refused }) => refused)) === 3)
      assert.deepEqual(
        days.slice(-2).map(({ admitted, refused }) => [admitted, refused]),
        [
          [
            4,
            [
              { code: 'missing_permission', count: 1 },
              { code: 'quota_exceeded', count: 2 },
            ],
          ],
          [1, []],
        ],
      )
      const used = hours.filter(({ admitted, refused }) => admitted + refused.length > 0)
      assert.deepEqual(
        used.map(({ admitted, refused }) => [admitted, refused.map(({ code, count }) => [code, count])]),
        [
          [1, [['missing_permission', 1]]],
          [3, [['quota_exceeded', 2]]],
          [1, []],
        ],
      )
      const [first, second, third] = used.map(({ startsAt }) => Date.parse(startsAt))
      assert.deepEqual([second! - first!, third! - second!], [2 * hourMs, dayMs])
      assert.equal(days.at(-1)?.day, hours.at(-1)?.startsAt.slice(0, 10))
    })

    it('has the last hundred requests, the newest first, admitted and refused, with what the log says of them', async (t) => {
      const { test, member, keyId, ask } = await open(kind, t)
      assert.deepEqual([await ask(), await ask('POST', '/knowledge-base'), await ask('GET', '/knowledge-base/doc_x')], [200, 403, 404])
      let requests = (await listKeyRequests(test.database, member, keyId)).requests
      while (requests.length < 3) {
        await setImmediate()
        requests = (await listKeyRequests(test.database, member, keyId)).requests
      }
      assert.deepEqual(
        requests.map(({ at: _, requestId: __, ...request }) => request),
        [
          ['GET', '/api/public/v1/knowledge-base/:id', 404, 'not_found'],
          ['POST', '/api/public/v1/knowledge-base', 403, 'missing_permission'],
          ['GET', '/api/public/v1/me', 200, null],
        ].map(([method, route, status, code]) => ({ secretNumber: 1, method, route, status, code, address: '127.0.0.1' })),
      )
      const logged = (await test.log()).filter((line) => line.keyId === keyId).map((line) => line.requestId)
      assert.deepEqual(requests.map(({ requestId }) => requestId).reverse(), logged)
    })

    it('keeps the last hundred of each key, however many there were, and loses none of the others', async (t) => {
      const database = await openTestDatabase(kind, t)
      const [busy, quiet] = [await seedKey(database), await seedKey(database)]
      const requests = createRequests(database)
      const note = noteInto(requests)
      for (let number = -1_000; number < 0; number++) note(busy.keyId, number)
      note(quiet.keyId, 0)
      await requests.write()
      assert.deepEqual(await keptOf(database, busy.keyId), descending(-1, 100))
      for (let round = 0; round < 5; round++) {
        for (let number = 0; number < 90; number++) note(busy.keyId, round * 90 + number)
        await requests.write()
      }
      await requests.close()
      const kept = await keptOf(database, busy.keyId)
      assert.ok(kept.length >= 100 && kept.length < 300, `${kept.length}`)
      assert.deepEqual(kept, descending(449, kept.length))
      assert.deepEqual(await keptOf(database, quiet.keyId), [0])
    })

    it('has room for five keys with a hundred each between two writes, which go on with their newest; what is not kept is not even described', async (t) => {
      const database = await openTestDatabase(kind, t)
      const keys = await Promise.all(Array.from({ length: 6 }, () => seedKey(database)))
      const last = keys.pop()!
      const requests = createRequests(database)
      const note = noteInto(requests)
      for (const { keyId } of keys) for (let number = 0; number < 100; number++) note(keyId, number)
      requests.note(last.keyId, () => assert.fail('there is no room for it'))
      note(keys[0]!.keyId, 100)
      await requests.write()
      note(last.keyId, 101)
      await requests.close()
      assert.deepEqual(await keptOf(database, keys[0]!.keyId), descending(100, 100))
      assert.deepEqual(await keptOf(database, keys[4]!.keyId), descending(99, 100))
      assert.deepEqual(await keptOf(database, last.keyId), [101])
    })

    it('is bounded: what comes beyond is not kept, a key that is gone takes no other down, and a failed write no request', async (t) => {
      const database = await openTestDatabase(kind, t)
      const [kept, gone] = [await seedKey(database), await seedKey(database)]
      const requests = createRequests(database)
      const note = noteInto(requests)
      const count = async () => (await database.kysely.selectFrom('request').select('id').execute()).length
      for (let number = 0; number < 50_000; number++) note(number % 2 === 0 ? kept.keyId : gone.keyId, 0)
      await database.kysely.deleteFrom('organization').where('id', '=', gone.organizationId).execute()
      await requests.write()
      assert.equal(await count(), 100)
      await database.kysely.schema.alterTable('request').renameTo('elsewhere').execute()
      note(kept.keyId, 0)
      await requests.write()
      await database.kysely.schema.alterTable('elsewhere').renameTo('request').execute()
      note(kept.keyId, 0)
      await requests.close()
      // How many a key has is counted anew then, and it is trimmed only when there are twice as many.
      assert.equal(await count(), 101)
      const owner = { userId: kept.userId, organizationId: kept.organizationId }
      await database.kysely.updateTable('member').set({ role: 'owner' }).where('id', '=', kept.memberId).execute()
      await deleteOrganization(database, { id: owner.organizationId, userId: owner.userId })
      while ((await count()) > 0) await setImmediate()
    })

    it('forgets refusals after 31 days', { timeout: 30_000 }, async (t) => {
      t.mock.timers.enable({ apis: ['setInterval'] })
      const { test, keyId } = await open(kind, t)
      const now = await readClock(test.database)
      const hour = (ms: number) => new Date(ms).toISOString().slice(0, 13)
      const rows = [32, 30].map((days) => ({ keyId, hour: hour(now - days * dayMs), code: 'key_expired', count: 1 }))
      await test.database.kysely.insertInto('refusal').values(rows).execute()
      t.mock.timers.tick(hourMs)
      const read = () => test.database.kysely.selectFrom('refusal').select('hour').execute()
      while ((await read()).length > 1) await setImmediate()
      assert.deepEqual(
        (await read()).map(({ hour }) => hour),
        [rows[1]!.hour],
      )
    })
  })
}
