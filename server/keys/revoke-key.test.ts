import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readClock } from '../database/database.ts'
import { LeafPadError } from '../errors.ts'
import { deleteOrganization } from '../organizations/delete-organization.ts'
import type { Role } from '../organizations/roles.ts'
import { seedMember, seedOrganization } from '../testing/seed-members.ts'
import { testConfig } from '../testing/test-config.ts'
import { type DatabaseKind, databaseKinds, openTestDatabase } from '../testing/test-database.ts'
import { untilWaiting } from '../testing/until-waiting.ts'
import { generateKey } from './generate-key.ts'
import { generateKeyId } from './key-id.ts'
import { readKey } from './read-key.ts'
import { revokeKey } from './revoke-key.ts'
import { updateKey } from './update-key.ts'

const config = testConfig()

async function openWithKey(kind: DatabaseKind, t: Parameters<typeof openTestDatabase>[1], role: Role = 'member') {
  let clockOffsetMs = 0
  const database = await openTestDatabase(kind, t, () => clockOffsetMs)
  const organizationId = await seedOrganization(database)
  const maker = await seedMember(database, organizationId, role, 'Grace')
  const { key } = await generateKey(
    { database, config },
    { ...maker, activeOrganizationId: organizationId },
    { name: 'CI', organizationId },
  )
  return { database, organizationId, maker, keyId: key.id, moveClock: (ms: number) => (clockOffsetMs += ms) }
}

const outcome = (promise: Promise<unknown>) =>
  promise.then(
    () => assert.fail('it was allowed'),
    (error: LeafPadError) => {
      assert.ok(error instanceof LeafPadError, `${error}`)
      return [error.code, error.message, error.answer]
    },
  )

for (const kind of databaseKinds) {
  describe(`revokeKey on ${kind}`, () => {
    it('keeps the row, with when and by whom; a second time changes neither', async (t) => {
      const { database, organizationId, maker, keyId, moveClock } = await openWithKey(kind, t, 'viewer')
      const admin = await seedMember(database, organizationId, 'admin', 'Ada')
      const before = await readClock(database)
      const revoked = await revokeKey({ database, config }, admin, keyId)
      assert.equal(revoked.status, 'revoked')
      assert.deepEqual(revoked.revokedBy, { userId: admin.userId, name: 'Ada' })
      assert.ok(Date.parse(revoked.revokedAt!) >= before)
      moveClock(5_000)
      assert.deepEqual(await revokeKey({ database, config }, maker, keyId), revoked)
      assert.deepEqual(await readKey(database, config.dailyQuota, maker, keyId), revoked)
      // The row stays when who revoked it has gone.
      await database.kysely.deleteFrom('user').where('id', '=', admin.userId).execute()
      assert.deepEqual((await readKey(database, config.dailyQuota, maker, keyId)).revokedBy, { userId: admin.userId, name: null })
    })

    it('lets members and viewers act on their own keys, admins and owners on all; any other is as one that does not exist', async (t) => {
      const { database, organizationId, keyId } = await openWithKey(kind, t, 'owner')
      const stranger = await seedMember(database, await seedOrganization(database), 'owner')
      const context = { database, config }
      const expiresAt = new Date((await readClock(database)) + 86_400_000).toISOString()
      const attempts = [
        (who: typeof stranger, id: string) => revokeKey(context, who, id),
        (who: typeof stranger, id: string) => updateKey(context, who, id, { name: 'Mine' }),
        (who: typeof stranger, id: string) => updateKey(context, who, id, { expiresAt }),
        (who: typeof stranger, id: string) => updateKey(context, who, id, {}),
        (who: typeof stranger, id: string) => readKey(database, 1, who, id),
      ]
      const refused = [await seedMember(database, organizationId, 'member'), await seedMember(database, organizationId, 'viewer'), stranger]
      for (const who of refused) {
        for (const attempt of attempts) {
          const unknown = await outcome(attempt(who, generateKeyId()))
          assert.deepEqual(unknown, ['not_found', 'There is nothing here', {}])
          for (const id of [keyId, 'key_', '', 'key_\0', `${keyId}\0`, keyId.toUpperCase()]) {
            assert.deepEqual(await outcome(attempt(who, id)), unknown)
          }
        }
      }
      assert.equal((await database.kysely.selectFrom('key').select(['name', 'revokedAt']).executeTakeFirst())?.revokedAt, null)
      for (const role of ['admin', 'owner'] as const) {
        const who = await seedMember(database, organizationId, role)
        for (const attempt of attempts.slice(1)) await attempt(who, keyId)
      }
    })

    it('goes by the role of this moment: an admin who was lowered acts on own keys alone', async (t) => {
      const { database, organizationId, keyId } = await openWithKey(kind, t)
      const admin = await seedMember(database, organizationId, 'admin')
      // Begun while the change is under way, so it waits for it.
      const { revoking } = await database.kysely.transaction().execute(async (transaction) => {
        await transaction.updateTable('member').set({ role: 'member' }).where('id', '=', admin.memberId).execute()
        let ended = false
        const revoking = outcome(revokeKey({ database, config }, admin, keyId)).finally(() => (ended = true))
        await untilWaiting(database, 1, () => ended)
        return { revoking }
      })
      assert.equal((await revoking)[0], 'not_found')
    })

    it('waits for a write that was let in before, and is later than it', async (t) => {
      const { database, maker, keyId, moveClock } = await openWithKey(kind, t)
      let revoked = false
      const { revoking, writtenAt } = await database.kysely.transaction().execute(async (transaction) => {
        await transaction.selectFrom('key').select('id').where('id', '=', keyId).forShare().execute()
        const revoking = revokeKey({ database, config }, maker, keyId).finally(() => (revoked = true))
        await untilWaiting(database, 1, () => revoked)
        moveClock(1_000)
        assert.equal(revoked, false)
        return { revoking, writtenAt: await readClock(database, transaction) }
      })
      assert.ok(Date.parse((await revoking).revokedAt!) >= writtenAt)
    })

    it('holds against renames at the same moment, which lose nothing of it', async (t) => {
      const { database, maker, keyId } = await openWithKey(kind, t)
      const context = { database, config }
      await Promise.all([
        ...Array.from({ length: 10 }, (_, index) => updateKey(context, maker, keyId, { name: `Name ${index}` })),
        revokeKey(context, maker, keyId),
        ...Array.from({ length: 10 }, (_, index) => updateKey(context, maker, keyId, { name: `Name ${index + 10}` })),
      ])
      const key = await readKey(database, config.dailyQuota, maker, keyId)
      assert.equal(key.status, 'revoked')
      assert.match(key.name, /^Name \d+$/)
    })

    it('and the deletion of the organization never wait for each other in a circle', async (t) => {
      const { database, organizationId, keyId } = await openWithKey(kind, t)
      const owner = await seedMember(database, organizationId, 'owner')
      const admins = []
      for (let count = 0; count < 6; count++) admins.push(await seedMember(database, organizationId, 'admin'))
      const outcomes = await Promise.allSettled([
        ...admins.map((admin) => revokeKey({ database, config }, admin, keyId)),
        deleteOrganization(database, { id: organizationId, userId: owner.userId }),
      ])
      assert.equal(outcomes.at(-1)!.status, 'fulfilled')
      for (const ended of outcomes) assert.ok(ended.status === 'fulfilled' || ended.reason.code === 'not_found', `${ended.status}`)
    })

    it('gives one answer to all who revoke at the same moment', async (t) => {
      const { database, organizationId, maker, keyId } = await openWithKey(kind, t)
      const whos = [maker]
      for (let count = 0; count < 5; count++) whos.push(await seedMember(database, organizationId, 'admin'))
      const answers = await Promise.all(whos.map((who) => revokeKey({ database, config }, who, keyId)))
      for (const answer of answers) assert.deepEqual(answer, answers[0])
    })
  })
}
