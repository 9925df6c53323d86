import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import fc from 'fast-check'
import { type Database, readClock } from '../database/database.ts'
import type { Role } from '../organizations/roles.ts'
import { readUse } from '../testing/read-use.ts'
import { type SeededKey, seedKey } from '../testing/seed.ts'
import { seedMembership } from '../testing/seed-members.ts'
import { type DatabaseKind, databaseKinds, openTestDatabase } from '../testing/test-database.ts'
import { groupBatch } from './batch.ts'
import { countingDay } from './day.ts'
import { openGate } from './open-gate.ts'
import type { UseOfDay } from './table.ts'
import { useAfter } from './use.ts'
import type { Asked, Verdict } from './verdict.ts'

const dayMs = 86_400_000

/** From now to the noon of the next UTC day: real midnights are half a day away. */
function toNoon(): number {
  const now = Date.now()
  return now - (now % dayMs) + 1.5 * dayMs - now
}

/** A gate in this process, whose clock the test moves. */
async function setUp(kind: DatabaseKind, t: TestContext, dailyQuota = 10) {
  const clock = { offsetMs: toNoon() }
  const database = await openTestDatabase(kind, t, () => clock.offsetMs)
  const gate = openGate(database, { dailyQuota })
  t.after(() => gate.close())
  const ask = (key: SeededKey, permission: Asked['permission'] = 'documents:read'): Asked => ({
    secretHash: key.secretHash,
    permission,
    address: '192.0.2.1',
  })
  async function decide(...asked: Asked[]): Promise<string[]> {
    return (await gate.decide(asked)).map((verdict) => (verdict.admitted ? 'admitted' : verdict.code))
  }
  return { database, gate, clock, ask, decide }
}

function dayOfVerdict(verdict: Verdict | undefined): string | undefined {
  return verdict !== undefined && 'count' in verdict ? verdict.count?.day : undefined
}

async function usedByDay(database: Database, keyId: string) {
  return (await readUse(database, keyId)).map(({ day, used }) => [day, used])
}

for (const kind of databaseKinds) {
  describe(`each verdict of the gate on ${kind}`, () => {
    it('is of the key as it is at that moment: the next one after a revoke is a refusal', async (t) => {
      const { database, ask, decide } = await setUp(kind, t)
      const key = await seedKey(database)
      assert.deepEqual(await decide(ask(key)), ['admitted'])
      await database.kysely.updateTable('key').set({ revokedAt: 1 }).where('id', '=', key.keyId).execute()
      assert.deepEqual(await decide(ask(key)), ['key_revoked'])
    })

    it('is of the role that the owner has at that moment, raised or lowered', async (t) => {
      const { database, ask, decide } = await setUp(kind, t)
      const key = await seedKey(database, { role: 'viewer' })
      const setRole = (role: Role) => database.kysely.updateTable('member').set({ role }).where('id', '=', key.memberId).execute()
      assert.deepEqual(await decide(ask(key, 'documents:write')), ['missing_permission'])
      await setRole('member')
      assert.deepEqual(await decide(ask(key, 'documents:write')), ['admitted'])
      await setRole('viewer')
      assert.deepEqual(await decide(ask(key, 'documents:write'), ask(key)), ['missing_permission', 'admitted'])
    })

    it('is of the membership that the key was made under, not of another one of the same user', async (t) => {
      const { database, ask, decide } = await setUp(kind, t)
      const key = await seedKey(database)
      await database.kysely.deleteFrom('member').where('id', '=', key.memberId).execute()
      await seedMembership(database, key.userId, key.organizationId, 'owner')
      assert.deepEqual(await decide(ask(key)), ['key_owner_left'])
    })

    it('goes by the clock of the database at that moment: a key expires with nobody doing anything', async (t) => {
      const { database, clock, ask, decide } = await setUp(kind, t)
      const key = await seedKey(database, { expiresAt: (await readClock(database)) + 3_600_000 })
      assert.deepEqual(await decide(ask(key)), ['admitted'])
      clock.offsetMs += 3_600_000
      assert.deepEqual(await decide(ask(key)), ['key_expired'])
    })

    it('is counted when it is told, and once: what another connection reads then has it', async (t) => {
      const { database, gate, ask } = await setUp(kind, t)
      const key = await seedKey(database)
      for (const used of [1, 2]) {
        const [verdict] = await gate.decide([ask(key)])
        assert.deepEqual(await usedByDay(database, key.keyId), [[dayOfVerdict(verdict), used]])
      }
    })

    it('grants what is left of the quota and no more, and a refusal writes nothing', async (t) => {
      const { database, ask, decide } = await setUp(kind, t, 3)
      const key = await seedKey(database)
      assert.deepEqual(await decide(ask(key), ask(key)), ['admitted', 'admitted'])
      assert.deepEqual(await decide(ask(key), ask(key)), ['admitted', 'quota_exceeded'])
      const before = await readUse(database)
      assert.deepEqual(await decide(ask(key), ask(key)), ['quota_exceeded', 'quota_exceeded'])
      assert.deepEqual(await readUse(database), before)
      assert.deepEqual(
        before.map(({ used }) => used),
        [3],
      )
      const unused = ask(await seedKey(database))
      assert.deepEqual(await decide(unused, unused, unused, unused), ['admitted', 'admitted', 'admitted', 'quota_exceeded'])
    })

    it('grants the last of a quota in the order of the batch, whichever secrets, permissions and addresses it is asked with', async (t) => {
      const { database, gate, ask } = await setUp(kind, t, 5)
      const key = await seedKey(database, { role: 'viewer' })
      const newer = { ...key, secretHash: `${key.secretHash}2`.slice(-43) }
      await database.kysely
        .insertInto('secret')
        .values({ hash: newer.secretHash, keyId: key.keyId, lastFour: '0000', createdAt: 0, number: 2, endsAt: null })
        .execute()
      const from = (asked: Asked, address: number) => ({ ...asked, address: `192.0.2.${address}` })
      await gate.decide([from(ask(key), 9)])
      const verdicts = await gate.decide([
        from(ask(newer), 1),
        from(ask(key, 'documents:write'), 2),
        from(ask(key), 3),
        from(ask(key, 'me:read'), 4),
        from(ask(newer), 5),
        from(ask(key), 3),
        from(ask(newer), 1),
        from(ask(key), 6),
      ])
      // Requests that are alike come with the first of them.
      assert.deepEqual(
        verdicts.map((verdict) => (verdict.admitted ? verdict.count.used : verdict.code)),
        [2, 'missing_permission', 4, 'quota_exceeded', 'quota_exceeded', 5, 3, 'quota_exceeded'],
      )
      assert.deepEqual(
        (await readUse(database)).map((use) => [use.used, use.oddSecret, use.oddUsedAddress, use.evenSecret, use.evenUsedAddress]),
        [[5, 1, '192.0.2.3', 2, '192.0.2.1']],
      )
    })

    it('grants all that is left of a quota, however many without the permission are asked for before', { timeout: 20_000 }, async (t) => {
      const { database, ask, decide } = await setUp(kind, t, 3)
      const key = await seedKey(database, { role: 'viewer' })
      const asked = [...Array(5).fill(ask(key, 'documents:write')), ...Array(5).fill(ask(key))]
      assert.equal((await decide(...asked)).filter((code) => code === 'admitted').length, 3)
    })

    it('of a revoked, expired or unknown key, of one without its membership or without the permission costs nothing', async (t) => {
      const { database, ask, decide } = await setUp(kind, t)
      const [revoked, left, viewer] = [await seedKey(database), await seedKey(database), await seedKey(database, { role: 'viewer' })]
      const expired = await seedKey(database, { expiresAt: 1 })
      const unknown = { ...viewer, secretHash: 'x'.repeat(43) }
      await database.kysely.updateTable('key').set({ revokedAt: 1 }).where('id', '=', revoked.keyId).execute()
      await database.kysely.deleteFrom('member').where('id', '=', left.memberId).execute()
      assert.deepEqual(await decide(ask(revoked), ask(expired), ask(unknown), ask(left), ask(viewer, 'documents:write')), [
        'key_revoked',
        'key_expired',
        'invalid_key',
        'key_owner_left',
        'missing_permission',
      ])
      assert.deepEqual(await readUse(database), [])
    })

    it('leaves of a day the hours and the last use of each secret that the rule says, whatever is asked, granted in part, and rotated', async (t) => {
      const dailyQuota = 12
      const { database, gate, clock, ask } = await setUp(kind, t, dailyQuota)
      const step = fc.record({
        afterMs: fc.integer({ min: -2 * 3_600_000, max: 5 * 3_600_000 }),
        rotates: fc.boolean(),
        asked: fc.array(fc.record({ old: fc.boolean(), address: fc.integer({ min: 1, max: 3 }) }), { minLength: 1, maxLength: 6 }),
      })
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
          const key = await seedKey(database)
          const hashes = [key.secretHash]
          const expected = new Map<string, UseOfDay>()
          let last: UseOfDay | undefined
          for (const { afterMs, rotates, asked } of steps) {
            clock.offsetMs += afterMs
            if (rotates) {
              const secret = { hash: `${key.secretHash}${hashes.length}`.slice(-43), keyId: key.keyId, lastFour: '0000', createdAt: 0 }
              await database.kysely
                .insertInto('secret')
                .values({ ...secret, number: hashes.push(secret.hash), endsAt: null })
                .execute()
            }
            const numbers = asked.map(({ old }) => Math.max(1, hashes.length - (old ? 1 : 0)))
            const requests = numbers.map((number, index) => ({
              ...ask({ ...key, secretHash: hashes[number - 1]! }),
              address: `192.0.2.${asked[index]!.address}`,
            }))
            const verdicts = await gate.decide(requests)
            const { now } = verdicts.map((verdict) => 'count' in verdict && verdict.count).find((count) => count !== false)!
            const day = countingDay(now, last?.day ?? null)
            // The groups in their order, each with as many as were let in.
            const admitted = groupBatch(requests).filter(({ positions }) => verdicts[positions[0]!]!.admitted)
            const granted = verdicts.filter((verdict) => verdict.admitted).length
            if (granted === 0) continue
            const used = admitted.map(({ secretHash, address }) => ({ number: hashes.indexOf(secretHash) + 1, address }))
            const [odd, even] = [used.findLast(({ number }) => number % 2 === 1), used.findLast(({ number }) => number % 2 === 0)]
            last = useAfter(last, { keyId: key.keyId, day, granted, now, odd, even })
            expected.set(day, last)
          }
          const found = await readUse(database, key.keyId)
          // The batch's time, as its verdicts tell it, is the same for all of it.
          assert.deepEqual(
            found.map((row) => ({ ...row })),
            [...expected.values()],
          )
        }),
        { numRuns: 40 },
      )
    })

    it('refuses a secret from its end on, and no other one of the key', async (t) => {
      const { database, clock, ask, decide } = await setUp(kind, t)
      const key = await seedKey(database)
      const newer = { ...key, secretHash: `${key.secretHash}2`.slice(-43) }
      const endsAt = (await readClock(database)) + 3_600_000
      await database.kysely.updateTable('secret').set({ endsAt }).execute()
      await database.kysely
        .insertInto('secret')
        .values({ hash: newer.secretHash, keyId: key.keyId, lastFour: '0000', createdAt: 0, number: 2, endsAt: null })
        .execute()
      assert.deepEqual(await decide(ask(key), ask(newer)), ['admitted', 'admitted'])
      clock.offsetMs += 3_600_000
      assert.deepEqual(await decide(ask(key), ask(newer)), ['secret_ended', 'admitted'])
      const [use] = await readUse(database, key.keyId)
      assert.equal(use?.used, 3)
    })

    it('counts on the day that was counted on last when the clock steps back over midnight', async (t) => {
      const { database, gate, clock, ask } = await setUp(kind, t, 3)
      const key = await seedKey(database)
      const [today] = await gate.decide([ask(key)])
      clock.offsetMs += dayMs
      const [tomorrow] = await gate.decide([ask(key), ask(key)])
      assert.ok(dayOfVerdict(tomorrow)! > dayOfVerdict(today)!)
      clock.offsetMs -= dayMs
      const [first, second] = await gate.decide([ask(key), ask(key)])
      assert.deepEqual([first?.admitted, second?.admitted], [true, false])
      assert.deepEqual(await usedByDay(database, key.keyId), [
        [dayOfVerdict(today), 1],
        [dayOfVerdict(tomorrow), 3],
      ])
    })
  })
}
