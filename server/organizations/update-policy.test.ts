import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { recheckKey } from '../admission/recheck-key.ts'
import { LeafPadError } from '../errors.ts'
import { seedKey } from '../testing/seed.ts'
import { seedMember, seedOrganization } from '../testing/seed-members.ts'
import { databaseKinds, openTestDatabase } from '../testing/test-database.ts'
import { untilWaiting } from '../testing/until-waiting.ts'
import { insertOrganization } from './insert-organization.ts'
import { readPolicy } from './policy.ts'
import { updatePolicy } from './update-policy.ts'

const none = { maxLifetimeDays: null, needsExpiry: 0, maxLiveKeysPerMember: null, maxIdleDays: null, networks: null }

const failsWith = (code: string) => (error: unknown) => error instanceof LeafPadError && error.code === code

for (const kind of databaseKinds) {
  describe(`updatePolicy on ${kind}`, () => {
    it('changes what is named, lifts what is null, and leaves the rest; a new organization limits nothing', async (t) => {
      const database = await openTestDatabase(kind, t)
      const { userId } = await seedMember(database, await seedOrganization(database), 'owner')
      const at = '2026-01-01T00:00:00.000Z'
      const organizationId = await database.kysely
        .transaction()
        .execute((transaction) => insertOrganization(database, transaction, { name: 'Acme', ownerId: userId }, at))
      assert.deepEqual({ ...(await readPolicy(database.kysely, organizationId)) }, none)
      const of = { organizationId, userId }
      await updatePolicy(database, of, { maxLifetimeDays: 90, needsExpiry: true, networks: ['::ffff:10.0.0.0/104', '10.0.0.0/8'] })
      await updatePolicy(database, of, { maxIdleDays: 30, maxLiveKeysPerMember: 5 })
      const all = { maxLifetimeDays: 90, needsExpiry: 1, maxLiveKeysPerMember: 5, maxIdleDays: 30, networks: '10.0.0.0/8' }
      assert.deepEqual({ ...(await readPolicy(database.kysely, organizationId)) }, all)
      await updatePolicy(database, of, {
        maxLifetimeDays: null,
        needsExpiry: false,
        maxLiveKeysPerMember: null,
        maxIdleDays: null,
        networks: null,
      })
      assert.deepEqual({ ...(await readPolicy(database.kysely, organizationId)) }, none)
    })

    it('is for owners and admins of that organization', async (t) => {
      const database = await openTestDatabase(kind, t)
      const organizationId = await seedOrganization(database)
      for (const role of ['owner', 'admin'] as const) {
        await updatePolicy(database, await seedMember(database, organizationId, role), { needsExpiry: false })
      }
      for (const role of ['member', 'viewer'] as const) {
        const { userId } = await seedMember(database, organizationId, role)
        await assert.rejects(updatePolicy(database, { organizationId, userId }, { needsExpiry: true }), failsWith('missing_permission'))
      }
      const { userId } = await seedMember(database, await seedOrganization(database), 'owner')
      await assert.rejects(updatePolicy(database, { organizationId, userId }, { needsExpiry: true }), failsWith('not_found'))
      assert.deepEqual({ ...(await readPolicy(database.kysely, organizationId)) }, none)
    })

    it('waits for writes that the policy before it let in, and refuses those that come to write after it', async (t) => {
      const database = await openTestDatabase(kind, t)
      const key = await seedKey(database)
      const { userId } = await seedMember(database, key.organizationId, 'admin')
      const recheck = (transaction: Parameters<typeof recheckKey>[1]) =>
        recheckKey(database, transaction, key, { permission: 'documents:write', address: '192.0.2.1' })
      const order: string[] = []
      let changed: Promise<unknown> | undefined
      await database.kysely.transaction().execute(async (transaction) => {
        assert.equal(await recheck(transaction), undefined)
        changed = updatePolicy(database, { organizationId: key.organizationId, userId }, { networks: ['10.0.0.0/8'] }).then(() =>
          order.push('changed'),
        )
        await untilWaiting(database, 1)
        order.push('written')
      })
      await changed
      assert.deepEqual(order, ['written', 'changed'])
      assert.equal((await database.kysely.transaction().execute(recheck))?.code, 'network_not_allowed')
    })
  })
}
