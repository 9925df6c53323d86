import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openGate } from '../admission/open-gate.ts'
import { LeafPadError } from '../errors.ts'
import { refusalError } from '../http/refusal.ts'
import { updatePolicy } from '../organizations/update-policy.ts'
import { seedMember, seedOrganization } from '../testing/seed-members.ts'
import { testConfig } from '../testing/test-config.ts'
import { type DatabaseKind, databaseKinds, openTestDatabase } from '../testing/test-database.ts'
import { generateKey } from './generate-key.ts'
import { keyStatuses } from './key-status.ts'
import { liftIdleBlock } from './lift-idle-block.ts'
import { listKeys } from './list-keys.ts'
import type { AskedLimits } from './narrow-key.ts'
import { readKey } from './read-key.ts'
import { rotateKey } from './rotate-key.ts'
import { hashSecret } from './secret.ts'
import { updateKey } from './update-key.ts'

const config = testConfig()
const dayMs = 86_400_000

async function open(kind: DatabaseKind, t: Parameters<typeof openTestDatabase>[1]) {
  let clockOffsetMs = 0
  const database = await openTestDatabase(kind, t, () => clockOffsetMs)
  const gate = openGate(database, config)
  t.after(() => gate.close())
  const organizationId = await seedOrganization(database)
  const admin = await seedMember(database, organizationId, 'admin')
  const member = await seedMember(database, organizationId, 'member')
  const context = { database, config }
  return {
    ...{ database, organizationId, admin, member, context },
    moveClock: (ms: number) => (clockOffsetMs += ms),
    generate: (asked: AskedLimits & { expiresInDays?: number } = {}, who = member) =>
      generateKey(context, { ...who, activeOrganizationId: organizationId }, { name: 'CI', organizationId, ...asked }),
    policy: (asked: Parameters<typeof updatePolicy>[2]) => updatePolicy(database, admin, asked),
    read: (keyId: string) => readKey(database, config.dailyQuota, admin, keyId),
    async ask(secret: string, permission: 'me:read' | 'documents:read' | 'documents:write' = 'documents:read', address = '192.0.2.1') {
      const [verdict] = await gate.decide([{ secretHash: hashSecret(secret)!, permission, address }])
      if (verdict!.admitted) return 'admitted'
      const { code, answer } = refusalError(verdict!)
      return [code, answer.members ?? {}, answer.detail]
    },
    async byStatus() {
      const found = keyStatuses.map(async (status) => {
        const { keys } = await listKeys(database, config.dailyQuota, admin, { status })
        for (const key of keys) assert.equal(key.status, status)
        return keys.map(({ id }) => [id, status])
      })
      return Object.fromEntries((await Promise.all(found)).flat())
    },
  }
}

const failsWith =
  (code: string, detail = /./) =>
  (error: unknown) =>
    error instanceof LeafPadError && error.code === code && detail.test(error.message)

for (const kind of databaseKinds) {
  describe(`what a key is held to, on ${kind}`, () => {
    it('is what it was given of what its owner may: a 403 names the permission that is missing, and whose it is', async (t) => {
      const { generate, ask } = await open(kind, t)
      const { key, secret } = await generate({ permissions: ['documents:read'] })
      assert.deepEqual([key.permissions, key.networks], [['documents:read'], null])
      assert.deepEqual([await ask(secret), await ask(secret, 'me:read')], ['admitted', 'admitted'])
      const [code, members, detail] = await ask(secret, 'documents:write')
      assert.deepEqual(
        [code, members],
        ['missing_permission', { permission: 'documents:write', keyPermissions: ['documents:read', 'me:read'] }],
      )
      assert.match(`${detail}`, /documents:write, which this API key was not given, though its owner has it/)
      const nothing = await generate({ permissions: [] })
      assert.deepEqual([await ask(nothing.secret, 'me:read'), (await ask(nothing.secret))[0]], ['admitted', 'missing_permission'])
    })

    it('is never more than its owner has: at its making that is told, later it is decided by the role of that moment', async (t) => {
      const { database, organizationId, generate, ask } = await open(kind, t)
      const viewer = await seedMember(database, organizationId, 'viewer')
      await assert.rejects(generate({ permissions: ['documents:write'] }, viewer), failsWith('missing_permission', /documents:write/))
      const owner = await seedMember(database, organizationId, 'member')
      const { secret } = await generate({ permissions: ['documents:read', 'documents:write'] }, owner)
      assert.equal(await ask(secret, 'documents:write'), 'admitted')
      await database.kysely.updateTable('member').set({ role: 'viewer' }).where('id', '=', owner.memberId).execute()
      const [code, members] = await ask(secret, 'documents:write')
      assert.deepEqual([code, members], ['missing_permission', { permission: 'documents:write', role: 'viewer' }])
    })

    it('is its networks, in one form, and those of the policy: a 403 names the address and who refuses it', async (t) => {
      const { generate, ask, policy } = await open(kind, t)
      const { key, secret } = await generate({ networks: ['::ffff:10.0.0.0/104', '2001:DB8::/32', '10.0.0.0/8'] })
      assert.deepEqual(key.networks, ['10.0.0.0/8', '2001:db8::/32'])
      assert.deepEqual([await ask(secret, 'me:read', '10.9.9.9'), await ask(secret, 'me:read', '2001:db8::1')], ['admitted', 'admitted'])
      const [code, members] = await ask(secret, 'me:read', '192.0.2.1')
      assert.deepEqual([code, members], ['network_not_allowed', { address: '192.0.2.1', by: 'key' }])
      await policy({ networks: ['10.1.0.0/16'] })
      assert.equal(await ask(secret, 'me:read', '10.1.0.1'), 'admitted')
      assert.deepEqual((await ask(secret, 'me:read', '10.9.9.9'))[1], { address: '10.9.9.9', by: 'policy' })
      await policy({ networks: null })
      assert.equal(await ask(secret, 'me:read', '10.9.9.9'), 'admitted')
      await assert.rejects(
        generate({ networks: ['10.0.0.4/8', 'x'] }),
        failsWith('invalid_body', /"networks\/0" .*10\.0\.0\.0\/8.*"networks\/1" is no network/),
      )
    })

    it('is the longest lifetime: longer ones are not generated, and those that are there are blocked until they are shortened', async (t) => {
      const { context, member, generate, policy, ask, read } = await open(kind, t)
      const [long, never, short] = [await generate({ expiresInDays: 91 }), await generate(), await generate({ expiresInDays: 90 })]
      await policy({ maxLifetimeDays: 90 })
      await assert.rejects(generate({ expiresInDays: 91 }), failsWith('against_policy', /90 days away at most/))
      await assert.rejects(generate(), failsWith('against_policy', /wants every key to expire\. Write an expiry that is 90 days away/))
      await generate({ expiresInDays: 90 })
      assert.deepEqual(
        [(await ask(long.secret)).slice(0, 2), (await ask(never.secret)).slice(0, 2), await ask(short.secret)],
        [['key_blocked', { reason: 'lifetime' }], ['key_blocked', { reason: 'no_expiry' }], 'admitted'],
      )
      const told = await read(long.key.id)
      assert.deepEqual([told.status, told.blockReason, told.expiresAt], ['blocked', 'lifetime', long.key.expiresAt])
      for (const { key } of [long, never]) await updateKey(context, member, key.id, { expiresInDays: 89 })
      assert.deepEqual([await ask(long.secret), await ask(never.secret)], ['admitted', 'admitted'])
      await policy({ maxLifetimeDays: 10 })
      assert.equal((await ask(long.secret))[0], 'key_blocked')
      await policy({ maxLifetimeDays: null })
      assert.equal(await ask(long.secret), 'admitted')
    })

    it('blocks what was not used for the days of the policy, exactly, until an admin lifts it or it was used', async (t) => {
      const { context, admin, member, generate, policy, ask, read, moveClock } = await open(kind, t)
      const [used, idle] = [await generate(), await generate()]
      await policy({ maxIdleDays: 30 })
      moveClock(20 * dayMs)
      assert.equal(await ask(used.secret), 'admitted')
      moveClock(10 * dayMs)
      assert.deepEqual([await ask(used.secret), (await ask(idle.secret)).slice(0, 2)], ['admitted', ['key_blocked', { reason: 'idle' }]])
      assert.deepEqual([(await read(used.key.id)).status, (await read(idle.key.id)).blockReason], ['active', 'idle'])
      await assert.rejects(liftIdleBlock(context, member, idle.key.id), failsWith('missing_permission', /keys:all/))
      assert.equal((await liftIdleBlock(context, admin, idle.key.id)).status, 'active')
      assert.equal(await ask(idle.secret), 'admitted')
      moveClock(30 * dayMs)
      assert.equal((await ask(idle.secret))[0], 'key_blocked')
      await policy({ maxIdleDays: 31 })
      assert.equal(await ask(idle.secret), 'admitted')
    })

    it('is told in the list under the same status as of the key itself, and a blocked key can be rotated', async (t) => {
      const { context, member, generate, policy, ask, byStatus, moveClock } = await open(kind, t)
      const [never, long, short] = [await generate(), await generate({ expiresInDays: 400 }), await generate({ expiresInDays: 3 })]
      const all = (...statuses: string[]) => Object.fromEntries([never, long, short].map(({ key }, index) => [key.id, statuses[index]]))
      assert.deepEqual(await byStatus(), all('active', 'active', 'active'))
      await policy({ needsExpiry: true })
      assert.deepEqual(await byStatus(), all('blocked', 'active', 'active'))
      await policy({ needsExpiry: false, maxLifetimeDays: 90 })
      assert.deepEqual(await byStatus(), all('blocked', 'blocked', 'active'))
      await policy({ maxLifetimeDays: null, maxIdleDays: 2 })
      moveClock(dayMs)
      await ask(long.secret)
      moveClock(dayMs)
      assert.deepEqual(await byStatus(), all('blocked', 'active', 'blocked'))
      const rotated = await rotateKey(context, member, never.key.id, { oldEndsInSeconds: 0 })
      assert.deepEqual([rotated.key.status, rotated.key.blockReason, (await ask(rotated.secret))[0]], ['blocked', 'idle', 'key_blocked'])
      moveClock(dayMs)
      assert.deepEqual(await byStatus(), all('blocked', 'blocked', 'expired'))
    })

    it('is how many live keys the policy lets a member have, as far as the server does', async (t) => {
      const { generate, policy } = await open(kind, t)
      await policy({ maxLiveKeysPerMember: 2 })
      const made = await Promise.allSettled([generate(), generate(), generate(), generate()])
      assert.equal(made.filter(({ status }) => status === 'fulfilled').length, 2)
      await assert.rejects(generate(), failsWith('key_limit_reached', /2 are the most/))
      await policy({ maxLiveKeysPerMember: 1_000 })
      await generate()
    })
  })
}
