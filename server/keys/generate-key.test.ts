import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sql } from 'kysely'
import { type Database, readClock } from '../database/database.ts'
import { LeafPadError } from '../errors.ts'
import { deleteOrganization } from '../organizations/delete-organization.ts'
import { roles } from '../organizations/roles.ts'
import { seedMember, seedMembership, seedOrganization } from '../testing/seed-members.ts'
import { testConfig } from '../testing/test-config.ts'
import { databaseKinds, openTestDatabase } from '../testing/test-database.ts'
import { untilWaiting } from '../testing/until-waiting.ts'
import { generateKey } from './generate-key.ts'
import { revokeKey } from './revoke-key.ts'
import { hashSecret } from './secret.ts'

const config = testConfig()
const dayMs = 86_400_000

const countKeys = async ({ kysely }: Database) => (await kysely.selectFrom('key').select('id').execute()).length

const failsWith = (code: string) => (error: unknown) => error instanceof LeafPadError && error.code === code

for (const kind of databaseKinds) {
  describe(`generateKey on ${kind}`, () => {
    it('binds the key to who asks and to their membership, and tells it as it is kept', async (t) => {
      const database = await openTestDatabase(kind, t)
      const organizationId = await seedOrganization(database)
      for (const role of roles) {
        const { userId, memberId } = await seedMember(database, organizationId, role, 'Grace')
        const asked = { name: ' Nightly import ', organizationId, expiresInDays: 90 }
        const { key, secret } = await generateKey({ database, config }, { userId, activeOrganizationId: organizationId }, asked)
        const createdAt = Date.parse(key.createdAt)
        assert.ok(Math.abs(createdAt - (await readClock(database))) < 60_000)
        assert.deepEqual(key, {
          id: key.id,
          organizationId,
          name: 'Nightly import',
          lastFour: secret.slice(-4),
          status: 'active',
          owner: { userId, name: 'Grace', memberId },
          createdAt: key.createdAt,
          expiresAt: new Date(createdAt + 90 * dayMs).toISOString(),
          revokedAt: null,
          revokedBy: null,
          revokedReason: null,
          revokedNote: null,
          lastUsedAt: null,
          lastUsedAddress: null,
          today: {
            day: key.createdAt.slice(0, 10),
            used: 0,
            quota: 2_000,
            left: 2_000,
            resetsAt: new Date(Date.parse(key.createdAt.slice(0, 10)) + dayMs).toISOString(),
          },
          secrets: [
            { number: 1, lastFour: secret.slice(-4), createdAt: key.createdAt, endsAt: null, lastUsedAt: null, lastUsedAddress: null },
          ],
        })
        const { hash } = await database.kysely.selectFrom('secret').select('hash').where('keyId', '=', key.id).executeTakeFirstOrThrow()
        assert.equal(hash, hashSecret(secret))
      }
    })

    it('keeps the secret nowhere: no row of any table holds more of it than its last four characters', async (t) => {
      const database = await openTestDatabase(kind, t)
      const organizationId = await seedOrganization(database)
      const { userId } = await seedMember(database, organizationId, 'member')
      const { secret } = await generateKey(
        { database, config },
        { userId, activeOrganizationId: organizationId },
        { name: 'CI', organizationId },
      )
      let rows = ''
      for (const { name } of await database.kysely.introspection.getTables()) {
        rows += JSON.stringify((await sql`select * from ${sql.table(name)}`.execute(database.kysely)).rows)
      }
      assert.ok(rows.includes(hashSecret(secret)!) && rows.includes(secret.slice(-4)))
      for (let start = 0; start + 12 <= secret.length; start++) assert.ok(!rows.includes(secret.slice(start, start + 12)))
      assert.ok(!rows.includes(secret.slice(-6)))
    })

    it('lets one more through when a membership with 49 live keys asks for 20 at once', async (t) => {
      const database = await openTestDatabase(kind, t)
      const organizationId = await seedOrganization(database)
      const { userId, memberId } = await seedMember(database, organizationId, 'member')
      const dead = { organizationId, memberId, userId, name: 'CI', createdAt: 0, revokedBy: null }
      const live = Array.from({ length: 49 }, (_, index) => ({ ...dead, id: `key_live${index}`, expiresAt: null, revokedAt: null }))
      const revoked = Array.from({ length: 5 }, (_, index) => ({ ...dead, id: `key_revoked${index}`, expiresAt: null, revokedAt: 1 }))
      const expired = Array.from({ length: 5 }, (_, index) => ({ ...dead, id: `key_expired${index}`, expiresAt: 1, revokedAt: null }))
      await database.kysely
        .insertInto('key')
        .values([...live, ...revoked, ...expired])
        .execute()
      const generate = () =>
        generateKey({ database, config }, { userId, activeOrganizationId: organizationId }, { name: 'CI', organizationId })
      const outcomes = await Promise.allSettled(Array.from({ length: 20 }, generate))
      const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
      assert.equal(refused.length, 19)
      for (const { reason } of refused) {
        assert.ok(failsWith('key_limit_reached')(reason), reason)
        assert.deepEqual(reason.answer.members, { live: 50, limit: 50 })
      }
      assert.equal(await countKeys(database), 60)
      // A key that is revoked, or another member, makes room.
      const { value } = outcomes.find((outcome) => outcome.status === 'fulfilled')!
      await revokeKey({ database, config }, { userId, organizationId }, value.key.id)
      await generate()
      const other = await seedMember(database, organizationId, 'member')
      await generateKey(
        { database, config },
        { userId: other.userId, activeOrganizationId: organizationId },
        { name: 'CI', organizationId },
      )
    })

    it('makes nothing while another organization is active, and says which', async (t) => {
      const database = await openTestDatabase(kind, t)
      const [organizationId, otherId] = [await seedOrganization(database), await seedOrganization(database, 'Other')]
      const { userId } = await seedMember(database, organizationId, 'owner')
      await seedMembership(database, userId, otherId, 'owner')
      const generate = (activeOrganizationId: string | null) =>
        generateKey({ database, config }, { userId, activeOrganizationId }, { name: 'CI', organizationId })
      await assert.rejects(generate(otherId), (error: LeafPadError) => {
        assert.equal(error.code, 'other_organization_active')
        assert.match(error.message, /“Other”.*Nothing was done\. Make the organization that you mean active/)
        assert.deepEqual(error.answer.members, { activeOrganization: { id: otherId, name: 'Other' } })
        return true
      })
      await assert.rejects(generate(null), (error: LeafPadError) => {
        assert.equal(error.code, 'other_organization_active')
        assert.deepEqual(error.answer.members, { activeOrganization: null })
        return true
      })
      assert.equal(await countKeys(database), 0)
    })

    it('answers for an organization one is no member of as for none, active or not, and never tells the name of one', async (t) => {
      const database = await openTestDatabase(kind, t)
      const [own, foreign] = [await seedOrganization(database), await seedOrganization(database, 'Secret plans')]
      const { userId } = await seedMember(database, own, 'owner')
      await seedMember(database, foreign, 'owner')
      const outcome = async (organizationId: string, activeOrganizationId: string | null) => {
        const error = await generateKey({ database, config }, { userId, activeOrganizationId }, { name: 'CI', organizationId }).then(
          () => assert.fail('a key was made'),
          (error: LeafPadError) => error,
        )
        return [error.code, error.message, error.answer]
      }
      const unknown = await outcome('org_unknown', own)
      assert.equal(unknown[0], 'not_found')
      for (const active of [own, foreign, null]) assert.deepEqual(await outcome(foreign, active), unknown)
      // A session that was left behind with an organization the user has lost.
      assert.ok(!JSON.stringify(await outcome(own, foreign)).includes('Secret plans'))
      assert.equal(await countKeys(database), 0)
    })

    it('judges an expiry by the clock of the database, and makes nothing for a bad one', async (t) => {
      let clockOffsetMs = 0
      const database = await openTestDatabase(kind, t, () => clockOffsetMs)
      const organizationId = await seedOrganization(database)
      const { userId } = await seedMember(database, organizationId, 'member')
      const generate = (expiry: { expiresAt?: string; expiresInDays?: number }) =>
        generateKey({ database, config }, { userId, activeOrganizationId: organizationId }, { name: 'CI', organizationId, ...expiry })
      const tomorrow = new Date((await readClock(database)) + dayMs).toISOString()
      assert.equal((await generate({ expiresAt: tomorrow })).key.expiresAt, tomorrow)
      clockOffsetMs = 2 * dayMs
      await assert.rejects(generate({ expiresAt: tomorrow }), failsWith('invalid_expiry'))
      await assert.rejects(generate({ expiresAt: '2099-01-01T00:00:00Z' }), failsWith('invalid_expiry'))
      await assert.rejects(generate({ expiresAt: '2027-01-01T00:00:00' }), failsWith('invalid_expiry'))
      await assert.rejects(generate({ expiresAt: tomorrow, expiresInDays: 3 }), failsWith('invalid_expiry'))
      assert.equal(await countKeys(database), 1)
    })

    it('makes no key for a membership that goes at the same moment', async (t) => {
      const database = await openTestDatabase(kind, t)
      const organizationId = await seedOrganization(database)
      const { userId, memberId } = await seedMember(database, organizationId, 'member')
      const { generated } = await database.kysely.transaction().execute(async (transaction) => {
        await transaction.deleteFrom('member').where('id', '=', memberId).execute()
        const generated = generateKey(
          { database, config },
          { userId, activeOrganizationId: organizationId },
          { name: 'CI', organizationId },
        )
        let ended = false
        // Handled below, after the removal; until then it waits for that.
        generated.catch(() => {}).finally(() => (ended = true))
        await untilWaiting(database, 1, () => ended)
        return { generated }
      })
      await assert.rejects(generated, failsWith('not_found'))
      assert.equal(await countKeys(database), 0)
    })

    it('leaves no key of an organization that is deleted meanwhile, and neither waits for the other for good', async (t) => {
      const database = await openTestDatabase(kind, t)
      const organizationId = await seedOrganization(database)
      const owner = await seedMember(database, organizationId, 'owner')
      const members = []
      for (let count = 0; count < 8; count++) members.push(await seedMember(database, organizationId, 'member'))
      const outcomes = await Promise.allSettled([
        ...members.map(({ userId }) =>
          generateKey({ database, config }, { userId, activeOrganizationId: organizationId }, { name: 'CI', organizationId }),
        ),
        deleteOrganization(database, { id: organizationId, userId: owner.userId }),
      ])
      assert.equal(outcomes.at(-1)!.status, 'fulfilled')
      for (const outcome of outcomes) assert.ok(outcome.status === 'fulfilled' || failsWith('not_found')(outcome.reason), `${outcome}`)
      assert.equal(await countKeys(database), 0)
    })
  })
}
