import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { type Insertable, sql } from 'kysely'
import { openGate } from '../admission/open-gate.ts'
import type { UseOfDay } from '../admission/table.ts'
import { readClock } from '../database/database.ts'
import { updatePolicy } from '../organizations/update-policy.ts'
import { seedKey } from '../testing/seed.ts'
import { seedMember, seedOrganization } from '../testing/seed-members.ts'
import { type DatabaseKind, databaseKinds, openTestDatabase } from '../testing/test-database.ts'
import { generateKeyId } from './key-id.ts'
import { type AskedKeys, listKeys } from './list-keys.ts'
import type { KeyAnswer } from './schema.ts'
import type { KeyTable } from './table.ts'

const quota = 2_000
const dayMs = 86_400_000

/** An organization at an instant that does not pass. */
async function openAtAnInstant(kind: DatabaseKind, t: TestContext) {
  const opened = await openTestDatabase(kind, t)
  const now = await readClock(opened)
  const database = { ...opened, clock: () => sql<number>`cast(${now} as bigint)` }
  const organizationId = await seedOrganization(database)
  const owner = await seedMember(database, organizationId, 'owner')
  return {
    database,
    owner,
    now,

    /** A key of the owner's that never expires, if nothing else is said; resolves to its id. */
    async add(row: Partial<Insertable<KeyTable>> = {}): Promise<string> {
      const id = generateKeyId()
      const key = { id, ...owner, name: 'CI', createdAt: now - 400 * dayMs, expiresAt: null, revokedAt: null, revokedBy: null, ...row }
      await database.kysely.insertInto('key').values(key).execute()
      const secret = { hash: id, keyId: id, lastFour: 'a3F9', createdAt: 0 }
      await database.kysely.insertInto('secret').values(secret).execute()
      return id
    },

    /** What a key used on the day of its last use. */
    async addUse(keyId: string, { odd, even }: { readonly odd?: number; readonly even?: number }): Promise<void> {
      const row: Insertable<UseOfDay> = {
        ...{ keyId, day: new Date(Math.max(odd ?? 0, even ?? 0)).toISOString().slice(0, 10), used: 2, hours: '' },
        ...(odd !== undefined && { oddSecret: 1, oddUsedAt: odd, oddUsedAddress: '::1' }),
        ...(even !== undefined && { evenSecret: 2, evenUsedAt: even, evenUsedAddress: '::1' }),
      }
      await database.kysely.insertInto('usage').values(row).execute()
    },

    async list(asked: AskedKeys = {}): Promise<KeyAnswer[]> {
      return (await listKeys(database, quota, owner, asked)).keys
    },
  }
}

const ids = (keys: readonly { readonly id: string }[]) => keys.map(({ id }) => id).sort()

for (const kind of databaseKinds) {
  describe(`filters of listKeys on ${kind}`, () => {
    it('find keys by when they expire, to the millisecond', async (t) => {
      const { add, list, now } = await openAtAnInstant(kind, t)
      const never = await add()
      await add({ expiresAt: now - 1 })
      await add({ expiresAt: now })
      const soon = [await add({ expiresAt: now + 1 }), await add({ expiresAt: now + 14 * dayMs })]
      const later = await add({ expiresAt: now + 14 * dayMs + 1 })
      assert.deepEqual(ids(await list({ expiresWithinDays: 14 })), soon.toSorted())
      assert.deepEqual(ids(await list({ expiresWithinDays: 15 })), [...soon, later].sort())
      assert.deepEqual(ids(await list({ expiresWithinDays: 1 })), [soon[0]])
      assert.deepEqual(ids(await list({ expiry: 'none' })), [never])
      assert.deepEqual(await list({ expiry: 'none', expiresWithinDays: 3_650 }), [])
    })

    it('find keys by when they were last used or else made, to the millisecond, whichever of their secrets it was', async (t) => {
      const { add, addUse, list, now } = await openAtAnInstant(kind, t)
      const since = now - 30 * dayMs
      const after = since + 1
      const addUsed = async (use: Parameters<typeof addUse>[1]) => {
        const id = await add()
        await addUse(id, use)
        return id
      }
      const unused = [
        await add({ createdAt: since }),
        await addUsed({ odd: since }),
        await addUsed({ even: since }),
        await addUsed({ odd: since - 1, even: since }),
        await addUsed({ odd: since - 300 * dayMs }),
      ]
      await add({ createdAt: after })
      await addUsed({ odd: after })
      await addUsed({ even: after })
      await addUsed({ odd: since, even: after })
      const usedTwice = await addUsed({ odd: after, even: since })
      await addUse(usedTwice, { odd: since - dayMs })
      const told = (await list()).filter(({ lastUsedAt, createdAt }) => Date.parse(lastUsedAt ?? createdAt) <= since)
      assert.deepEqual(ids(told), unused.toSorted())
      assert.deepEqual(ids(await list({ unusedForDays: 30 })), unused.toSorted())
      assert.equal((await list({ unusedForDays: 29 })).length, 10)
      assert.equal((await list({ unusedForDays: 330 })).length, 1)
      assert.equal((await list({ unusedForDays: 331 })).length, 0)
    })

    it('see at once that a key was used, wherever that is written', async (t) => {
      let clockOffsetMs = 0
      const database = await openTestDatabase(kind, t, () => clockOffsetMs)
      const key = await seedKey(database, { role: 'owner' })
      await database.kysely
        .insertInto('secret')
        .values({ hash: 'even', keyId: key.keyId, lastFour: 'b4G0', number: 2, createdAt: 0 })
        .execute()
      const useAt = async (daysLater: number, secretHash = key.secretHash) => {
        clockOffsetMs = daysLater * dayMs
        const gate = openGate(database, { dailyQuota: quota })
        t.after(() => gate.close())
        const [verdict] = await gate.decide([{ secretHash, permission: 'documents:read', address: '192.0.2.1' }])
        assert.equal(verdict!.admitted, true)
        return gate
      }
      const isUnusedAt = async (daysLater: number) => {
        clockOffsetMs = daysLater * dayMs
        const { keys } = await listKeys(database, quota, key, { unusedForDays: 30 })
        const [{ lastUsedAt, createdAt }] = (await listKeys(database, quota, key)).keys as [KeyAnswer]
        assert.equal(Date.parse(lastUsedAt ?? createdAt) <= (await readClock(database)) - 30 * dayMs, keys.length === 1)
        return keys.length === 1
      }
      // In a transaction, so that the gate moves nothing between the two.
      const rows = () =>
        database.kysely.transaction().execute(async (transaction) => {
          const count = async (table: 'usage' | 'tally') => (await transaction.selectFrom(table).select('day').execute()).length
          return { usage: await count('usage'), tally: await count('tally') }
        })
      const written = async () => Object.values(await rows()).reduce((sum, count) => sum + count)

      assert.equal(await isUnusedAt(0), true)
      const first = await useAt(0)
      // On SQLite it is in the tally, until the gate has had nothing to do for a second.
      assert.equal(await written(), 1)
      assert.equal(await isUnusedAt(29), false)
      assert.equal(await isUnusedAt(31), true)
      // Writes to `usage` what is not there yet.
      await first.close()
      assert.deepEqual(await rows(), { usage: 1, tally: 0 })
      assert.equal(await isUnusedAt(29), false)
      assert.equal(await isUnusedAt(31), true)
      await useAt(31, 'even')
      assert.equal(await written(), 2)
      assert.equal(await isUnusedAt(31), false)
      assert.equal(await isUnusedAt(60), false)
      assert.equal(await isUnusedAt(62), true)
    })

    it('look at keys that can be let in, unless a status is asked for', async (t) => {
      const { database, owner, add, list, now } = await openAtAnInstant(kind, t)
      const made = {
        active: await add({ expiresAt: now + dayMs }),
        blocked: await add(),
        expired: await add({ expiresAt: now }),
        revoked: await add({ revokedAt: now }),
        revokedEarly: await add({ expiresAt: now + dayMs, revokedAt: now }),
        ownerLeft: await add({ memberId: 'mem_gone' }),
        ownerLeftEarly: await add({ expiresAt: now + dayMs, memberId: 'mem_gone' }),
      }
      await updatePolicy(database, owner, { needsExpiry: true })
      const { active, blocked, expired, revoked, revokedEarly, ownerLeft, ownerLeftEarly } = made
      assert.equal((await list()).length, 7)
      for (const [asked, any, byStatus] of [
        [{ expiry: 'none' }, [blocked], { active: [], blocked: [blocked], expired: [], revoked: [revoked], owner_left: [ownerLeft] }],
        [
          { expiresWithinDays: 14 },
          [active],
          { active: [active], blocked: [], expired: [], revoked: [revokedEarly], owner_left: [ownerLeftEarly] },
        ],
        [
          { unusedForDays: 30 },
          [active, blocked],
          {
            active: [active],
            blocked: [blocked],
            expired: [expired],
            revoked: [revoked, revokedEarly],
            owner_left: [ownerLeft, ownerLeftEarly],
          },
        ],
      ] as const) {
        assert.deepEqual(ids(await list(asked)), any.toSorted())
        for (const [status, expected] of Object.entries(byStatus)) {
          const found = await list({ ...asked, status: status as KeyAnswer['status'] })
          assert.deepEqual(ids(found), expected.toSorted(), `${JSON.stringify(asked)} ${status}`)
        }
      }
      // The policy moves no expiry: a key that lives too long for it is blocked, and told with the expiry it has.
      await updatePolicy(database, owner, { needsExpiry: false, maxLifetimeDays: 1 })
      const [found] = await list({ expiresWithinDays: 14 })
      assert.deepEqual([found!.id, found!.status, found!.expiresAt], [active, 'blocked', new Date(now + dayMs).toISOString()])
    })

    it('hold together, with a member, and from page to page', async (t) => {
      const { database, owner, add, addUse, list, now } = await openAtAnInstant(kind, t)
      const other = await seedMember(database, owner.organizationId, 'member')
      for (let n = 0; n < 48; n++) {
        const id = await add({
          createdAt: now - (60 + Math.floor(n / 5)) * dayMs,
          expiresAt: n % 2 === 0 ? null : now + (1 + (n % 28)) * dayMs,
          ...(n % 3 === 0 && other),
          ...(n % 8 === 0 && { revokedAt: now }),
        })
        if (n % 5 === 0) await addUse(id, { odd: now - dayMs })
      }
      const all = await list({ status: 'active', limit: 100 })
      const isUnused = ({ lastUsedAt, createdAt }: KeyAnswer) => Date.parse(lastUsedAt ?? createdAt) <= now - 30 * dayMs
      const isExpiring = ({ expiresAt }: KeyAnswer) => expiresAt !== null && Date.parse(expiresAt) <= now + 14 * dayMs
      const isOf = ({ owner }: KeyAnswer) => owner.memberId === other.memberId
      for (const [asked, holds] of [
        [{ expiry: 'none' }, (key) => key.expiresAt === null],
        [{ unusedForDays: 30 }, isUnused],
        [{ expiresWithinDays: 14 }, isExpiring],
        [{ expiry: 'none', unusedForDays: 30 }, (key) => key.expiresAt === null && isUnused(key)],
        [{ expiresWithinDays: 14, unusedForDays: 30, memberId: other.memberId }, (key) => isExpiring(key) && isUnused(key) && isOf(key)],
      ] as readonly (readonly [AskedKeys, (key: KeyAnswer) => boolean])[]) {
        const seen: string[] = []
        let cursor: string | null = null
        do {
          const page: Awaited<ReturnType<typeof listKeys>> = await listKeys(database, quota, owner, {
            ...asked,
            limit: 2,
            ...(cursor !== null && { cursor }),
          })
          seen.push(...page.keys.map(({ id }) => id))
          cursor = page.nextCursor
        } while (cursor !== null)
        const expected = all.filter(holds).map(({ id }) => id)
        assert.deepEqual(seen, expected)
        assert.ok(expected.length > 2 && expected.length < all.length, `${JSON.stringify(asked)} finds ${expected.length}`)
      }
      // A member is told their own alone, whatever is asked for.
      const { keys } = await listKeys(database, quota, other, { expiry: 'none' })
      assert.ok(keys.length > 0 && keys.every(isOf))
    })
  })
}
