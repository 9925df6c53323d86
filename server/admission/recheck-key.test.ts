import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { seedKey } from '../testing/seed.ts'
import { seedMembership } from '../testing/seed-members.ts'
import { databaseKinds, openTestDatabase } from '../testing/test-database.ts'
import { untilWaiting } from '../testing/until-waiting.ts'
import { recheckKey } from './recheck-key.ts'
import type { FoundKey } from './verdict.ts'

for (const kind of databaseKinds) {
  describe(`the second check of a key, on ${kind}`, () => {
    it('tells what ended the key since it was admitted', async (t) => {
      let clockOffsetMs = 0
      const database = await openTestDatabase(kind, t, () => clockOffsetMs)
      const check = (keyId: string) =>
        database.kysely
          .transaction()
          .execute((transaction) => recheckKey(database, transaction, { keyId, secretNumber: 1 }, 'documents:write'))
      const key = await seedKey(database, { expiresAt: Date.now() + 3_600_000 })
      assert.equal(await check(key.keyId), undefined)
      clockOffsetMs = 3_600_001
      assert.equal((await check(key.keyId))?.code, 'key_expired')
      clockOffsetMs = 0
      await database.kysely.updateTable('member').set({ role: 'viewer' }).where('id', '=', key.memberId).execute()
      assert.equal((await check(key.keyId))?.code, 'missing_permission')
      await database.kysely.deleteFrom('member').where('id', '=', key.memberId).execute()
      assert.equal((await check(key.keyId))?.code, 'key_owner_left')
      await database.kysely.updateTable('key').set({ revokedAt: 1 }).where('id', '=', key.keyId).execute()
      assert.equal((await check(key.keyId))?.code, 'key_revoked')
      assert.equal((await check('key_unknown'))?.code, 'invalid_key')
    })

    it('goes by what is there now, not by what the key was let in with: another membership of the same user is none', async (t) => {
      const database = await openTestDatabase(kind, t)
      const key = await seedKey(database)
      const letIn: FoundKey = { ...key, role: 'member', expiresAt: null, revokedAt: null, secretEndsAt: null }
      const check = () =>
        database.kysely.transaction().execute((transaction) => recheckKey(database, transaction, letIn, 'documents:write'))
      assert.equal(await check(), undefined)
      await database.kysely.updateTable('member').set({ role: 'viewer' }).where('id', '=', key.memberId).execute()
      assert.equal((await check())?.code, 'missing_permission')
      await database.kysely.deleteFrom('member').where('id', '=', key.memberId).execute()
      await seedMembership(database, key.userId, key.organizationId, 'owner')
      assert.equal((await check())?.code, 'key_owner_left')
    })

    it('keeps the key and its membership as they are until the write is done', async (t) => {
      const database = await openTestDatabase(kind, t)
      const key = await seedKey(database)
      const order: string[] = []
      const changes: Promise<unknown>[] = []
      await database.kysely.transaction().execute(async (transaction) => {
        assert.equal(await recheckKey(database, transaction, key, 'documents:write'), undefined)
        changes.push(
          database.kysely
            .updateTable('key')
            .set({ revokedAt: 1 })
            .where('id', '=', key.keyId)
            .execute()
            .then(() => order.push('revoked')),
          database.kysely
            .deleteFrom('member')
            .where('id', '=', key.memberId)
            .execute()
            .then(() => order.push('removed')),
        )
        // Both wait; what does not has got through.
        await untilWaiting(database, 2, () => order.length > 0)
        order.push('written')
      })
      await Promise.all(changes)
      assert.equal(order[0], 'written')
      assert.equal(order.length, 3)
    })
  })
}
