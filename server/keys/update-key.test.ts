import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readClock } from '../database/database.ts'
import { LeafPadError } from '../errors.ts'
import { seedMember, seedMembership, seedOrganization } from '../testing/seed-members.ts'
import { testConfig } from '../testing/test-config.ts'
import { type DatabaseKind, databaseKinds, openTestDatabase } from '../testing/test-database.ts'
import type { AskedExpiry } from './expiry.ts'
import { generateKey } from './generate-key.ts'
import { readKey } from './read-key.ts'
import { revokeKey } from './revoke-key.ts'
import { type AskedChanges, updateKey } from './update-key.ts'

const config = testConfig()
const dayMs = 86_400_000

async function openWithMember(kind: DatabaseKind, t: Parameters<typeof openTestDatabase>[1]) {
  let clockOffsetMs = 0
  const database = await openTestDatabase(kind, t, () => clockOffsetMs)
  const organizationId = await seedOrganization(database)
  const who = await seedMember(database, organizationId, 'viewer')
  const context = { database, config }
  return {
    database,
    who,
    generate: async (expiry: AskedExpiry = {}) =>
      (await generateKey(context, { ...who, activeOrganizationId: organizationId }, { name: 'CI', organizationId, ...expiry })).key.id,
    update: (keyId: string, changes: AskedChanges) => updateKey(context, who, keyId, changes),
    revoke: (keyId: string) => revokeKey(context, who, keyId),
    read: (keyId: string) => readKey(database, config.dailyQuota, who, keyId),
    moveClock: (ms: number) => (clockOffsetMs += ms),
  }
}

const failsWith =
  (code: string, mend = /./) =>
  (error: unknown) =>
    error instanceof LeafPadError && error.code === code && mend.test(error.message)

const at = (ms: number) => new Date(ms).toISOString()

for (const kind of databaseKinds) {
  describe(`updateKey on ${kind}`, () => {
    it('makes an expiry earlier or sets a first one, and never makes it later', async (t) => {
      const { database, generate, update, read } = await openWithMember(kind, t)
      const keyId = await generate()
      const now = await readClock(database)
      assert.equal((await update(keyId, { expiresAt: at(now + 9 * dayMs) })).expiresAt, at(now + 9 * dayMs))
      assert.equal((await update(keyId, { expiresAt: at(now + 5 * dayMs) })).expiresAt, at(now + 5 * dayMs))
      // The same again: a request that was sent twice.
      assert.equal((await update(keyId, { expiresAt: at(now + 5 * dayMs) })).expiresAt, at(now + 5 * dayMs))
      const set = new RegExp(`expires at ${at(now + 5 * dayMs)}; write an instant before that`)
      for (const changes of [{ expiresAt: at(now + 5 * dayMs + 1) }, { expiresInDays: 6 }]) {
        await assert.rejects(update(keyId, changes), failsWith('invalid_expiry', set))
      }
      assert.equal((await read(keyId)).expiresAt, at(now + 5 * dayMs))
      const shortened = await update(keyId, { expiresInDays: 1 })
      const days = (Date.parse(shortened.expiresAt!) - now) / dayMs
      assert.ok(days >= 1 && days < 1.001)
    })

    it('refuses an expiry that has come, and advises to revoke', async (t) => {
      const { database, generate, update, read } = await openWithMember(kind, t)
      const keyId = await generate()
      await assert.rejects(update(keyId, { expiresAt: at(await readClock(database)) }), failsWith('invalid_expiry', /revoke it/))
      assert.equal((await read(keyId)).expiresAt, null)
    })

    it('shortens live keys alone', async (t) => {
      const { database, who, generate, update, revoke, moveClock } = await openWithMember(kind, t)
      const [revoked, expiring, orphaned] = [await generate(), await generate({ expiresInDays: 1 }), await generate()]
      await revoke(revoked)
      await assert.rejects(update(revoked, { expiresInDays: 1 }), failsWith('key_not_live'))
      moveClock(dayMs + 1_000)
      await assert.rejects(update(expiring, { expiresInDays: 1 }), failsWith('key_not_live'))
      await database.kysely.deleteFrom('member').where('id', '=', who.memberId).execute()
      await assert.rejects(update(orphaned, { expiresInDays: 1 }), failsWith('not_found'))
      await seedMembership(database, who.userId, who.organizationId, 'viewer')
      await assert.rejects(update(orphaned, { expiresInDays: 1 }), failsWith('key_not_live'))
    })

    it('renames dead keys too', async (t) => {
      const { generate, update, revoke } = await openWithMember(kind, t)
      const keyId = await generate()
      await revoke(keyId)
      const renamed = await update(keyId, { name: ' Old import ' })
      assert.deepEqual([renamed.name, renamed.status], ['Old import', 'revoked'])
    })

    it('does both or neither', async (t) => {
      const { generate, update, read } = await openWithMember(kind, t)
      const keyId = await generate({ expiresInDays: 3 })
      const before = await read(keyId)
      await assert.rejects(update(keyId, { name: 'New', expiresInDays: 4 }), failsWith('invalid_expiry'))
      await assert.rejects(update(keyId, { name: ' ', expiresInDays: 2 }), failsWith('invalid_body'))
      assert.deepEqual(await read(keyId), before)
      const after = await update(keyId, { name: 'New', expiresInDays: 2 })
      assert.equal(after.name, 'New')
      assert.ok(after.expiresAt! < before.expiresAt!)
    })

    it('ends with the earliest of all that are asked for at the same moment', async (t) => {
      const { generate, update, read } = await openWithMember(kind, t)
      const keyId = await generate({ expiresInDays: 30 })
      await Promise.allSettled([9, 3, 7, 2, 8, 5].map((expiresInDays) => update(keyId, { expiresInDays })))
      const { createdAt, expiresAt } = await read(keyId)
      assert.equal(Math.round((Date.parse(expiresAt!) - Date.parse(createdAt)) / dayMs), 2)
    })
  })
}
