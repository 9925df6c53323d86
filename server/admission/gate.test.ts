import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sql } from 'kysely'
import type { Database } from '../database/database.ts'
import { readClock } from '../database/database.ts'
import type { Role } from '../organizations/roles.ts'
import type { Seen } from '../testing/gate-process.ts'
import { type GateServer, startGateServer } from '../testing/gate-server.ts'
import { readUse } from '../testing/read-use.ts'
import { type SeededKey, seedKey } from '../testing/seed.ts'
import { databaseKinds, openTestDatabase } from '../testing/test-database.ts'
import { untilWaiting } from '../testing/until-waiting.ts'
import { endOfDay } from './day.ts'
import { GateUnavailableError } from './gate.ts'
import { openGate } from './open-gate.ts'
import { createQueue } from './queue.ts'
import { lastUse } from './use.ts'
import type { Asked, Verdict } from './verdict.ts'

const quota = 2_000

function ask(key: SeededKey, permission: Asked['permission'] = 'documents:read', address = '192.0.2.1'): Asked {
  return { secretHash: key.secretHash, permission, address }
}

function countOf(seen: readonly Seen[], answer: string): number {
  return seen.filter((one) => one.answer === answer).length
}

async function usedByDay(database: Database, keyId: string): Promise<Record<string, number>> {
  return Object.fromEntries((await readUse(database, keyId)).map(({ day, used }) => [day, used]))
}

/** The total of all days, for tests that may run over a real midnight. */
async function usedInAll(database: Database, keyId: string): Promise<number> {
  return Object.values(await usedByDay(database, keyId)).reduce((sum, used) => sum + used, 0)
}

/**
 * Noon of the next day, so that nothing here depends on when the tests run: real midnights are half a day away from the moved clock.
 */
function toNoon(): number {
  const now = Date.now()
  return now - (now % 86_400_000) + 86_400_000 + 43_200_000 - now
}

for (const kind of databaseKinds) {
  // On PostgreSQL, where copies of the server share the database, everything is asked of two processes.
  const processes = kind === 'postgres' ? 2 : 1

  async function setUp(t: Parameters<typeof openTestDatabase>[1], ofQuota = quota) {
    const clockOffsetMs = toNoon()
    const database = await openTestDatabase(kind, t, () => clockOffsetMs)
    const servers = await Promise.all(Array.from({ length: processes }, () => startGateServer(database, ofQuota, t)))
    await Promise.all(servers.map((server) => server.moveClock(clockOffsetMs)))
    return { database, servers, clockOffsetMs }
  }

  async function flood(servers: readonly GateServer[], asked: readonly Asked[], count: number, connections = 64): Promise<Seen[]> {
    const share = { asked, count: count / servers.length, connections: connections / servers.length }
    return (await Promise.all(servers.map((server) => server.flood(share)))).flat()
  }

  describe(`the gate on ${kind}`, () => {
    it('admits exactly the quota of 10,000 requests over 64 connections', async (t) => {
      const { database, servers } = await setUp(t)
      const key = await seedKey(database)
      const seen = await flood(servers, [ask(key)], 10_000)
      assert.equal(countOf(seen, 'admitted'), quota)
      assert.equal(countOf(seen, 'quota_exceeded'), 8_000)
      assert.deepEqual(Object.values(await usedByDay(database, key.keyId)), [quota])
    })

    it('keeps 50 keys apart: each gets exactly its own quota, whichever permissions are mixed', async (t) => {
      const { database, servers } = await setUp(t, 60)
      const keys = await Promise.all(Array.from({ length: 50 }, () => seedKey(database)))
      const asked = keys.flatMap((key, index) => [ask(key), ask(key, 'documents:write', `192.0.2.${index}`)])
      const seen = await flood(servers, asked, 8_000)
      for (const { secretHash, keyId } of keys) {
        const ofKey = seen.filter((one) => one.secretHash === secretHash)
        assert.equal(countOf(ofKey, 'admitted'), 60)
        assert.equal(await usedInAll(database, keyId), 60)
      }
    })

    it('counts a refusal nowhere: what the role may not do, revoked, expired and unknown leave no trace', async (t) => {
      const { database, servers, clockOffsetMs } = await setUp(t)
      const now = Date.now() + clockOffsetMs
      const viewer = await seedKey(database, { role: 'viewer' })
      const expired = await seedKey(database, { expiresAt: now })
      const revoked = await seedKey(database)
      await database.kysely.updateTable('key').set({ revokedAt: now }).where('id', '=', revoked.keyId).execute()
      const unknown = { ...viewer, secretHash: 'x'.repeat(43) }
      const seen = await flood(servers, [ask(viewer, 'documents:write'), ask(expired), ask(revoked), ask(unknown)], 400)
      const answers = ['missing_permission', 'key_expired', 'key_revoked', 'invalid_key']
      assert.deepEqual(
        answers.map((answer) => countOf(seen, answer)),
        [100, 100, 100, 100],
      )
      assert.deepEqual(await readUse(database), [])
    })

    it('starts a new count at midnight, and a clock that steps back refunds nothing', async (t) => {
      const { database, servers, clockOffsetMs } = await setUp(t, 10)
      const key = await seedKey(database)
      const noon = Date.now() + clockOffsetMs
      const today = new Date(noon).toISOString().slice(0, 10)
      const tomorrow = new Date(noon + 86_400_000).toISOString().slice(0, 10)
      const move = (offset: number) => Promise.all(servers.map((server) => server.moveClock(offset)))
      assert.equal(countOf(await flood(servers, [ask(key)], 20, 2), 'admitted'), 10)
      await move(clockOffsetMs + endOfDay(today) - noon + 60_000)
      const seen = await flood(servers, [ask(key)], 6, 2)
      assert.deepEqual([countOf(seen, 'admitted'), ...new Set(seen.map((one) => one.day))], [6, tomorrow])
      await move(clockOffsetMs)
      const back = await flood(servers, [ask(key)], 20, 2)
      assert.deepEqual([countOf(back, 'admitted'), ...new Set(back.map((one) => one.day))], [4, tomorrow])
      assert.deepEqual(await usedByDay(database, key.keyId), { [today]: 10, [tomorrow]: 10 })
    })

    it('grants each day its quota and no more while midnight passes during a flood', async (t) => {
      const { database, servers, clockOffsetMs } = await setUp(t, 500)
      const key = await seedKey(database)
      // However slow the machine, the first day has some.
      const seen = await flood(servers, [ask(key)], 100)
      const noon = Date.now() + clockOffsetMs
      const midnight = endOfDay(new Date(noon).toISOString().slice(0, 10))
      await Promise.all(servers.map((server) => server.moveClock(clockOffsetMs + midnight - noon - 400)))
      while (new Set(seen.filter((one) => one.answer === 'admitted').map((one) => one.day)).size < 2) {
        seen.push(...(await flood(servers, [ask(key)], 2_000)))
      }
      seen.push(...(await flood(servers, [ask(key)], 2_000)))
      const byDay = Object.groupBy(
        seen.filter((one) => one.answer === 'admitted'),
        (one) => one.day!,
      )
      const admitted = Object.fromEntries(Object.entries(byDay).map(([day, ofDay]) => [day, ofDay!.length]))
      assert.deepEqual(admitted, await usedByDay(database, key.keyId))
      // A slow machine may not get through the first day's quota in time; who was refused on a day was refused at its very end.
      for (const [day, count] of Object.entries(admitted)) {
        const isRefused = seen.some((one) => one.answer === 'quota_exceeded' && one.day === day)
        assert.ok(isRefused ? count === 500 : count <= 500, `${count} on ${day}`)
      }
      assert.equal(Object.values(admitted).at(-1), 500)
    })

    it('keeps the count across a restart', async (t) => {
      const { database, servers, clockOffsetMs } = await setUp(t, 100)
      const key = await seedKey(database)
      assert.equal(countOf(await flood(servers, [ask(key)], 60, 2), 'admitted'), 60)
      await servers[0]!.stop()
      const restarted = await startGateServer(database, 100, t)
      await restarted.moveClock(clockOffsetMs)
      assert.equal(countOf(await flood([restarted], [ask(key)], 60, 2), 'admitted'), 40)
    })

    const endings: Record<string, { end(database: Database, key: SeededKey): Promise<unknown>; code: string }> = {
      'a revoke': {
        end: (database, key) => database.kysely.updateTable('key').set({ revokedAt: 1 }).where('id', '=', key.keyId).execute(),
        code: 'key_revoked',
      },
      'a removal': {
        end: (database, key) => database.kysely.deleteFrom('member').where('id', '=', key.memberId).execute(),
        code: 'key_owner_left',
      },
      'a removal and a new membership of the same user': {
        end: async (database, key) => {
          const row = await database.kysely.selectFrom('member').selectAll().where('id', '=', key.memberId).executeTakeFirstOrThrow()
          await database.kysely.deleteFrom('member').where('id', '=', key.memberId).execute()
          await database.kysely
            .insertInto('member')
            .values({ ...row, id: `${row.id}_2` })
            .execute()
        },
        code: 'key_owner_left',
      },
      'a policy that the key breaks': {
        end: (database, key) =>
          database.kysely.updateTable('policy').set({ needsExpiry: 1 }).where('organizationId', '=', key.organizationId).execute(),
        code: 'key_blocked',
      },
      'a policy of other networks': {
        end: (database, key) =>
          database.kysely
            .updateTable('policy')
            .set({ networks: '198.51.100.0/24' })
            .where('organizationId', '=', key.organizationId)
            .execute(),
        code: 'network_not_allowed',
      },
      'the end of the secret': {
        end: (database, key) => database.kysely.updateTable('secret').set({ endsAt: 1 }).where('hash', '=', key.secretHash).execute(),
        code: 'secret_ended',
      },
      'a lowered role': {
        end: (database, key) =>
          database.kysely
            .updateTable('member')
            .set({ role: 'viewer' satisfies Role })
            .where('id', '=', key.memberId)
            .execute(),
        code: 'missing_permission',
      },
      'the deletion of the account': {
        end: (database, key) => database.kysely.deleteFrom('user').where('id', '=', key.userId).execute(),
        code: 'key_owner_left',
      },
      'the deletion of the organization': {
        end: (database, key) => database.kysely.deleteFrom('organization').where('id', '=', key.organizationId).execute(),
        code: 'invalid_key',
      },
    }
    for (const [ending, { end, code }] of Object.entries(endings)) {
      it(`admits nothing that begins after ${ending} was acknowledged during a flood`, async (t) => {
        const { database, servers } = await setUp(t, 1_000_000)
        const key = await seedKey(database)
        const running = flood(servers, [ask(key, 'documents:write')], 12_000)
        await untilUsed(database, key.keyId)
        await end(database, key)
        const acknowledgedAt = process.hrtime.bigint()
        const seen = [...(await running), ...(await flood(servers, [ask(key, 'documents:write')], 100))]
        const later = seen.filter((one) => one.begunAt > acknowledgedAt)
        assert.ok(later.length >= 100 && countOf(seen, 'admitted') > 0)
        assert.deepEqual([...new Set(later.map((one) => one.answer))], [code])
      })
    }

    it('admits nothing that begins at or after the expiry, with nobody doing anything', async (t) => {
      const { database, servers, clockOffsetMs } = await setUp(t, 1_000_000)
      const key = await seedKey(database)
      const seen = await flood(servers, [ask(key)], 100)
      assert.equal(countOf(seen, 'admitted'), 100)
      const expiresAt = (await readClock(database)) + 300
      await database.kysely.updateTable('key').set({ expiresAt }).where('id', '=', key.keyId).execute()
      const isLate = (one: Seen) => one.begunAtMs + clockOffsetMs >= expiresAt
      do seen.push(...(await flood(servers, [ask(key)], 2_000)))
      while (!seen.some(isLate))
      const late = seen.filter(isLate)
      assert.deepEqual([...new Set(late.map((one) => one.answer))], ['key_expired'])
    })

    it('tells the last use exactly, also of the batch in which the quota runs out', async (t) => {
      const { database, clockOffsetMs } = await setUp(t)
      const gate = openGate(database, { dailyQuota: 3 })
      t.after(() => gate.close())
      const key = await seedKey(database)
      const before = Date.now() + clockOffsetMs
      const verdicts = await gate.decide(
        ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4'].map((address) => ask(key, 'documents:read', address)),
      )
      assert.deepEqual(
        verdicts.map((verdict) => verdict.admitted),
        [true, true, true, false],
      )
      assert.deepEqual(
        verdicts.map((verdict) => 'count' in verdict && verdict.count.used),
        [1, 2, 3, 3],
      )
      const [usage] = await readUse(database, key.keyId)
      assert.ok(usage)
      const last = lastUse(usage)
      assert.ok(last)
      assert.equal(last.address, '192.0.2.3')
      assert.ok(last.at >= before && last.at <= Date.now() + clockOffsetMs)
      await gate.decide([ask(key, 'documents:read', '192.0.2.9')])
      const [after] = await readUse(database, key.keyId)
      assert.deepEqual(after, usage)
    })

    it('tells a valid key that lacks the permission what it has used, counting nothing', async (t) => {
      const { database } = await setUp(t)
      const gate = openGate(database, { dailyQuota: 5 })
      t.after(() => gate.close())
      const key = await seedKey(database, { role: 'viewer' })
      const [before] = await gate.decide([ask(key, 'documents:write')])
      const [first, refused, second] = await gate.decide([ask(key), ask(key, 'documents:write'), ask(key)])
      assert.ok(before && 'count' in before && before.count && refused && 'count' in refused && refused.count)
      assert.deepEqual([before.admitted, before.count.used], [false, 0])
      assert.deepEqual(
        [first?.admitted, second?.admitted, refused.admitted, refused.count.used, refused.count.quota],
        [true, true, false, 2, 5],
      )
      assert.equal(await usedInAll(database, key.keyId), 2)
    })

    it('gives one quota to all secrets of a key, also within one batch', async (t) => {
      const { database } = await setUp(t)
      const gate = openGate(database, { dailyQuota: 3 })
      t.after(() => gate.close())
      const key = await seedKey(database)
      const second = { ...key, secretHash: 's'.repeat(43) }
      await database.kysely
        .insertInto('secret')
        .values({ hash: second.secretHash, keyId: key.keyId, lastFour: '0000', number: 2, createdAt: 1 })
        .execute()
      const verdicts = await gate.decide([ask(key), ask(second), ask(key), ask(second)])
      assert.equal(verdicts.filter((verdict) => verdict.admitted).length, 3)
      assert.equal(await usedInAll(database, key.keyId), 3)
    })

    it('lets a lowered quota act at once and never counts down', async (t) => {
      const { database } = await setUp(t)
      const key = await seedKey(database)
      for (const [dailyQuota, admitted] of [
        [10, 8],
        [5, 0],
        [12, 4],
      ] as const) {
        const gate = openGate(database, { dailyQuota })
        const verdicts = await gate.decide(Array.from({ length: 8 }, () => ask(key)))
        assert.equal(verdicts.filter((verdict) => verdict.admitted).length, admitted)
        await gate.close()
      }
      assert.equal(await usedInAll(database, key.keyId), 12)
    })

    it('turns no other key away while one is flooded', async (t) => {
      const { database, servers } = await setUp(t)
      const [flooded, ...others] = await Promise.all(Array.from({ length: 51 }, () => seedKey(database)))
      // At once, and more than may wait.
      const asked = [...Array<Asked>(10_100).fill(ask(flooded!)), ...others.map((key) => ask(key))]
      const all = await Promise.all(servers.map((server) => server.flood({ asked, count: asked.length, connections: asked.length })))
      for (const seen of all) {
        assert.equal(countOf(seen, 'unknown'), 7_600)
        const ofOthers = seen.filter((one) => one.secretHash !== flooded!.secretHash)
        assert.equal(countOf(ofOthers, 'admitted'), 50)
      }
    })

    it('answers the other keys before a flood of one has ended', { timeout: 60_000 }, async (t) => {
      const { database } = await setUp(t)
      const gate = openGate(database, { dailyQuota: quota })
      t.after(() => gate.close())
      const queue = createQueue({ gate })
      const [flooded, ...others] = await Promise.all(Array.from({ length: 51 }, () => seedKey(database)))
      let flooding = true
      t.after(() => {
        flooding = false
      })
      const clients = Array.from({ length: 3_000 }, async () => {
        let verdict: Verdict | undefined
        do verdict = await queue.decide(ask(flooded!)).catch(() => undefined)
        while (flooding && verdict !== undefined)
      })
      const verdicts = await Promise.all(others.map((key) => queue.decide(ask(key))))
      assert.ok(verdicts.every((verdict) => verdict.admitted))
      assert.ok(queue.waiting() > 0, 'the flood goes on')
      flooding = false
      await Promise.all(clients)
    })

    it('gives no verdict when the database cannot be asked, and counts afterwards as if nothing had been', async (t) => {
      const { database } = await setUp(t)
      const gate = openGate(database, { dailyQuota: 10 })
      t.after(() => gate.close())
      const key = await seedKey(database)
      await database.kysely.schema.alterTable('usage').renameTo('elsewhere').execute()
      await assert.rejects(gate.decide([ask(key)]), GateUnavailableError)
      await database.kysely.schema.alterTable('elsewhere').renameTo('usage').execute()
      const [verdict] = await gate.decide([ask(key)])
      assert.ok(verdict?.admitted && verdict.count.used === 1)
    })
  })
}

describe('the gate on postgres, beside the deletion of an organization', () => {
  it('decides the keys of others as if nothing were, whichever waits for which', async (t) => {
    const database = await openTestDatabase('postgres', t)
    const gate = openGate(database, { dailyQuota: 100 })
    t.after(() => gate.close())
    const [counted, other] = await Promise.all([seedKey(database), seedKey(database)])
    const row = await database.kysely.selectFrom('key').selectAll().where('id', '=', counted.keyId).executeTakeFirstOrThrow()
    const fresh = { ...counted, keyId: 'key_zzz', secretHash: 'z'.repeat(43) }
    await database.kysely
      .insertInto('key')
      .values({ ...row, id: fresh.keyId })
      .execute()
    await database.kysely
      .insertInto('secret')
      .values({ hash: fresh.secretHash, keyId: fresh.keyId, lastFour: '0000', number: 2, createdAt: 1 })
      .execute()
    await gate.decide([ask(counted)])
    // The batch holds the count of one key and waits for the other key; the deletion holds the keys and waits for the count.
    let decided: ReturnType<typeof gate.decide> | undefined
    const deletion = database.kysely.transaction().execute(async (transaction) => {
      await transaction.selectFrom('key').select('id').where('organizationId', '=', row.organizationId).orderBy('id').forUpdate().execute()
      decided = gate.decide([ask(counted), ask(fresh), ask(other)])
      await untilWaiting(database, 1)
      await transaction.deleteFrom('organization').where('id', '=', row.organizationId).execute()
    })
    // PostgreSQL ends the one or the other; a deletion that was ended is the caller's to repeat.
    await deletion.catch(() => {})
    const verdicts = (await decided)!
    assert.equal(verdicts.at(-1)?.admitted, true)
    assert.equal(await usedInAll(database, other.keyId), 1)
  })
})

describe('the gate on postgres, cut off', () => {
  it('answers at most what it counted, and counts at most what it answered or left unknown', async (t) => {
    const database = await openTestDatabase('postgres', t)
    const servers = await Promise.all([1, 2].map(() => startGateServer(database, 100_000, t)))
    const key = await seedKey(database)
    const seen: Seen[] = []
    let cuts = 0
    // A fast machine may get through a flood without any batch being cut off.
    for (let left = 5; left > 0 && countOf(seen, 'unknown') === 0; left--) {
      let running = true
      const floods = Promise.all(servers.map((server) => server.flood({ asked: [ask(key)], count: 8_000, connections: 32 }))).finally(
        () => {
          running = false
        },
      )
      while (running) {
        const { rows } = await cut(database)
        cuts += rows.length
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      seen.push(...(await floods).flat())
    }
    const [answered, unknown, counted] = [countOf(seen, 'admitted'), countOf(seen, 'unknown'), await usedInAll(database, key.keyId)]
    assert.ok(cuts > 0 && unknown > 0, `cuts ${cuts}, unknown ${unknown}`)
    assert.ok(answered <= counted && counted <= answered + unknown, `answered ${answered}, counted ${counted}, unknown ${unknown}`)
  })
})

/** Ends every other connection to the database, as a failing network would. */
async function cut(database: Database) {
  return sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`.execute(
    database.kysely,
  )
}

async function untilUsed(database: Database, keyId: string) {
  while ((await usedInAll(database, keyId)) === 0) await new Promise((resolve) => setTimeout(resolve, 1))
}
