import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { readClock } from '../database/database.ts'
import { type Role, roles } from '../organizations/roles.ts'
import { readUse } from '../testing/read-use.ts'
import { seedKey } from '../testing/seed.ts'
import { databaseKinds, openTestDatabase } from '../testing/test-database.ts'
import { blockedBy, idleSince, type Limits } from './limits.ts'
import { openGate } from './open-gate.ts'
import { refuse } from './verdict.ts'

const dayMs = 86_400_000
const now = 1_800_000_000_000

const free: Limits = {
  permissions: null,
  networks: null,
  createdAt: now,
  idleSince: now,
  maxLifetimeDays: null,
  needsExpiry: 0,
  maxIdleDays: null,
  policyNetworks: null,
}

describe('the policy', () => {
  it('blocks a key that lives too long by a millisecond, and one that never expires where there is a longest lifetime', () => {
    const limits = { ...free, maxLifetimeDays: 90 }
    assert.equal(blockedBy(limits, now + 90 * dayMs, now), undefined)
    assert.equal(blockedBy(limits, now + 90 * dayMs + 1, now), 'lifetime')
    assert.equal(blockedBy(limits, null, now), 'no_expiry')
  })

  it('blocks a key without an expiry only where every key must expire', () => {
    assert.equal(blockedBy(free, null, now), undefined)
    assert.equal(blockedBy({ ...free, needsExpiry: 1 }, null, now), 'no_expiry')
    assert.equal(blockedBy({ ...free, needsExpiry: 1 }, now + 3_650 * dayMs, now), undefined)
  })

  it('blocks a key from the instant on at which it was not used for so many days, counted from when it was made, used or lifted last', () => {
    const limits = { ...free, maxIdleDays: 30, idleSince: now }
    assert.equal(blockedBy(limits, null, now + 30 * dayMs - 1), undefined)
    assert.equal(blockedBy(limits, null, now + 30 * dayMs), 'idle')
    assert.deepEqual([idleSince(1, null, undefined), idleSince(1, 3, 2), idleSince(1, 2, 3), idleSince(4, 2, 3)], [1, 3, 3, 4])
  })
})

const network = fc.constantFrom('10.0.0.0/8', '10.1.0.0/16', '192.0.2.7/32', '2001:db8::/32', '0.0.0.0/0', '::/0')
const networks = fc.option(fc.uniqueArray(network, { minLength: 1, maxLength: 3 }).map((list) => list.join(' ')))
const days = fc.option(fc.integer({ min: 1, max: 3 }))
const drawn = fc.record({
  role: fc.constantFrom(...roles),
  permissions: fc.option(fc.constantFrom('me:read', 'documents:read me:read', 'documents:read documents:write me:read')),
  networks,
  expiresInMs: fc.option(fc.constantFrom(1, dayMs, dayMs + 1, 2 * dayMs, 3 * dayMs + 1)),
  madeMsAgo: fc.constantFrom(0, dayMs - 60_000, dayMs + 60_000, 3 * dayMs),
  liftedMsAgo: fc.option(fc.constantFrom(0, 2 * dayMs)),
  usedMsAgo: fc.option(fc.constantFrom(0, dayMs + 60_000, 4 * dayMs)),
  policy: fc.record({ maxLifetimeDays: days, needsExpiry: fc.nat(1), maxIdleDays: days, networks }),
  permission: fc.constantFrom('me:read' as const, 'documents:read' as const, 'documents:write' as const),
  address: fc.constantFrom('10.1.2.3', '10.2.0.1', '192.0.2.7', '2001:db8::7', '::1', ''),
})

for (const kind of databaseKinds) {
  describe(`limits on ${kind}`, () => {
    it('decide each request as the rule says, and what they refuse is not counted', async (t) => {
      const database = await openTestDatabase(kind, t)
      const gate = openGate(database, { dailyQuota: 10 })
      t.after(() => gate.close())
      const seen = new Set<string>()
      await fc.assert(
        fc.asyncProperty(drawn, async (of) => {
          const clock = await readClock(database)
          // Room to either side of what an instant decides, for the clock goes on.
          const expiresAt = of.expiresInMs === null ? null : clock + of.expiresInMs + 60_000
          const createdAt = clock + 60_000 - of.madeMsAgo
          const key = await seedKey(database, { role: of.role as Role, expiresAt })
          const idleLiftedAt = of.liftedMsAgo === null ? null : clock - of.liftedMsAgo
          await database.kysely
            .updateTable('key')
            .set({ permissions: of.permissions, networks: of.networks, createdAt, idleLiftedAt })
            .where('id', '=', key.keyId)
            .execute()
          await database.kysely.updateTable('policy').set(of.policy).where('organizationId', '=', key.organizationId).execute()
          if (of.usedMsAgo !== null) {
            const oddUsedAt = clock - of.usedMsAgo
            const day = new Date(oddUsedAt).toISOString().slice(0, 10)
            await database.kysely
              .insertInto('usage')
              .values({ keyId: key.keyId, day, used: 1, hours: '', oddSecret: 1, oddUsedAt, oddUsedAddress: '::1' })
              .execute()
          }
          const before = await readUse(database, key.keyId)
          const [verdict] = await gate.decide([{ secretHash: key.secretHash, permission: of.permission, address: of.address }])
          const { networks: policyNetworks, ...policy } = of.policy
          const limits = {
            ...{ permissions: of.permissions, networks: of.networks, createdAt, policyNetworks, ...policy },
            idleSince: idleSince(createdAt, idleLiftedAt, of.usedMsAgo === null ? undefined : clock - of.usedMsAgo),
          }
          const rest = { revokedAt: null, secretEndsAt: null, expiresAt, role: of.role, limits }
          const expected = refuse({ ...key, ...rest }, { permission: of.permission, address: of.address }, clock)
          assert.equal(verdict!.admitted ? undefined : verdict!.code, expected?.code)
          seen.add(expected?.code ?? 'admitted')
          if (expected !== undefined) assert.deepEqual(await readUse(database, key.keyId), before)
        }),
        { numRuns: 150 },
      )
      assert.deepEqual([...seen].sort(), ['admitted', 'key_blocked', 'missing_permission', 'network_not_allowed'])
    })
  })
}
