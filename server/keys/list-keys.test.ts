import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Database, readClock } from '../database/database.ts'
import type { LeafPadError } from '../errors.ts'
import { updatePolicy } from '../organizations/update-policy.ts'
import { seedMember, seedMembership, seedOrganization } from '../testing/seed-members.ts'
import { testConfig } from '../testing/test-config.ts'
import { databaseKinds, openTestDatabase } from '../testing/test-database.ts'
import { generateKey } from './generate-key.ts'
import { generateKeyId } from './key-id.ts'
import { type KeyStatus, keyStatuses } from './key-status.ts'
import { listKeys } from './list-keys.ts'
import type { Who } from './lock-member.ts'
import { readKey } from './read-key.ts'
import { revokeKey } from './revoke-key.ts'

const config = testConfig()
const quota = 2_000
const dayMs = 86_400_000

async function generate(database: Database, { userId, organizationId }: Who, more: { expiresInDays?: number } = {}): Promise<string> {
  const asked = { name: 'CI', organizationId, ...more }
  return (await generateKey({ database, config }, { userId, activeOrganizationId: organizationId }, asked)).key.id
}

const ids = ({ keys }: { keys: readonly { id: string }[] }) => keys.map(({ id }) => id)

for (const kind of databaseKinds) {
  describe(`listKeys on ${kind}`, () => {
    it("shows members their own keys, admins and owners all of the organization's, and nobody those of another", async (t) => {
      const database = await openTestDatabase(kind, t)
      const organizationId = await seedOrganization(database)
      const stranger = await seedMember(database, await seedOrganization(database), 'owner')
      await generate(database, stranger)
      const own = new Map<Who, string>()
      for (const role of ['owner', 'admin', 'member', 'viewer'] as const) {
        const who = await seedMember(database, organizationId, role)
        own.set(who, await generate(database, who))
      }
      const all = [...own.values()].sort()
      const [owner, admin, member, viewer] = [...own.keys()] as [Who, Who, Who, Who]
      for (const who of [owner, admin]) assert.deepEqual(ids(await listKeys(database, quota, who)).sort(), all)
      for (const who of [member, viewer]) assert.deepEqual(ids(await listKeys(database, quota, who)), [own.get(who)])
      for (const [who, keyId] of own) {
        const { memberId } = (await readKey(database, quota, who, keyId)).owner
        assert.deepEqual(ids(await listKeys(database, quota, owner, { memberId })), [keyId])
        assert.deepEqual(ids(await listKeys(database, quota, viewer, { memberId })), who === viewer ? [keyId] : [])
      }
      await assert.rejects(
        listKeys(database, quota, { userId: stranger.userId, organizationId }),
        (error: LeafPadError) => error.code === 'not_found' && /^There is no such organization, or /.test(`${error.answer.detail}`),
      )
    })

    it('shows each key under one status, by the clock of the database, and dead ones for ever', async (t) => {
      let clockOffsetMs = 0
      const database = await openTestDatabase(kind, t, () => clockOffsetMs)
      const organizationId = await seedOrganization(database)
      const owner = await seedMember(database, organizationId, 'owner')
      const leaving = await seedMember(database, organizationId, 'member')
      const expected: Record<KeyStatus, string> = {
        revoked: await generate(database, owner, { expiresInDays: 1 }),
        expired: await generate(database, leaving, { expiresInDays: 1 }),
        owner_left: await generate(database, leaving, { expiresInDays: 9 }),
        blocked: await generate(database, owner),
        active: await generate(database, owner, { expiresInDays: 9 }),
      }
      await updatePolicy(database, owner, { needsExpiry: true })
      await revokeKey({ database, config }, owner, expected.revoked)
      await database.kysely.deleteFrom('member').where('id', '=', leaving.memberId).execute()
      await seedMembership(database, leaving.userId, organizationId, 'member')
      clockOffsetMs = 2 * dayMs
      for (const status of keyStatuses) {
        const { keys } = await listKeys(database, quota, owner, { status })
        assert.deepEqual(
          keys.map((key) => [key.id, key.status]),
          [[expected[status], status]],
        )
      }
      assert.equal((await listKeys(database, quota, owner)).keys.length, 5)
      // Being added again brings no key back to life.
      assert.deepEqual(
        (await listKeys(database, quota, leaving)).keys.map(({ id, status }) => [id, status]).sort(),
        [
          [expected.expired, 'expired'],
          [expected.owner_left, 'owner_left'],
        ].sort(),
      )
    })

    it('pages the newest first; what is generated meanwhile neither repeats nor hides a key', async (t) => {
      const database = await openTestDatabase(kind, t)
      const organizationId = await seedOrganization(database)
      const { userId, memberId } = await seedMember(database, organizationId, 'member')
      const who = { userId, organizationId }
      const rowAt = (createdAt: number) => ({
        ...{ id: generateKeyId(), organizationId, memberId, userId, name: 'CI', createdAt },
        ...{ expiresAt: null, revokedAt: null, revokedBy: null },
      })
      const insert = async (rows: ReturnType<typeof rowAt>[]) => {
        await database.kysely.insertInto('key').values(rows).execute()
        await database.kysely
          .insertInto('secret')
          .values(rows.map(({ id }) => ({ hash: id, keyId: id, lastFour: 'a3F9', createdAt: 0 })))
          .execute()
      }
      // Several in one millisecond.
      const rows = Array.from({ length: 23 }, (_, index) => rowAt(1_000 + Math.floor(index / 4)))
      await insert(rows)
      const seen: string[] = []
      let cursor: string | null = null
      do {
        const page: Awaited<ReturnType<typeof listKeys>> = await listKeys(database, quota, who, {
          limit: 5,
          ...(cursor !== null && { cursor }),
        })
        seen.push(...ids(page))
        cursor = page.nextCursor
        await insert([rowAt(2_000 + seen.length)])
      } while (cursor !== null)
      assert.equal(seen.length, 23)
      const byAge = rows.toSorted((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1))
      assert.deepEqual(
        seen,
        byAge.map(({ id }) => id),
      )
      // A page that ends with the last key says so.
      const count = 23 + 5
      assert.equal((await listKeys(database, quota, who, { limit: count })).nextCursor, null)
      assert.notEqual((await listKeys(database, quota, who, { limit: count - 1 })).nextCursor, null)
    })

    it('refuses a cursor that was not given out', async (t) => {
      const database = await openTestDatabase(kind, t)
      const who = await seedMember(database, await seedOrganization(database), 'member')
      const encode = (text: string) => Buffer.from(text).toString('base64url')
      const cursors = [
        '',
        'x',
        encode('1'),
        encode('1 key_\0'),
        encode(`99999999999999999999 ${generateKeyId()}`),
        encode("1 key_' or 1=1"),
      ]
      for (const cursor of cursors) {
        await assert.rejects(listKeys(database, quota, who, { cursor }), (error: LeafPadError) => error.code === 'invalid_query')
      }
    })

    it('tells the last use and what is left of the day, which a clock that steps back does not refill', async (t) => {
      let clockOffsetMs = 0
      const database = await openTestDatabase(kind, t, () => clockOffsetMs)
      const who = await seedMember(database, await seedOrganization(database), 'member')
      const keyId = await generate(database, who)
      const now = await readClock(database)
      const dayAt = (ms: number) => new Date(ms).toISOString().slice(0, 10)
      const use = (ms: number, used: number) =>
        database.kysely
          .insertInto('usage')
          .values({
            keyId,
            day: dayAt(ms),
            used,
            hours: '',
            oddSecret: 1,
            oddUsedAt: ms,
            oddUsedAddress: `203.0.113.${used}`,
          })
          .execute()
      await use(now - 3 * dayMs, 7)
      await use(now - dayMs, 9)
      const yesterday = await readKey(database, quota, who, keyId)
      assert.equal(yesterday.lastUsedAt, new Date(now - dayMs).toISOString())
      assert.equal(yesterday.lastUsedAddress, '203.0.113.9')
      assert.equal(yesterday.today.used, 0)
      clockOffsetMs = -2 * dayMs
      const { keys } = await listKeys(database, 10, who)
      assert.deepEqual(keys[0]!.today, {
        day: dayAt(now - dayMs),
        used: 9,
        quota: 10,
        left: 1,
        resetsAt: `${dayAt(now)}T00:00:00.000Z`,
      })
      // A quota that was lowered below what is used.
      assert.equal((await readKey(database, 5, who, keyId)).today.left, 0)
    })
  })
}
