import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LeafPadError } from '../errors.ts'
import { seedMember, seedOrganization } from '../testing/seed-members.ts'
import { testConfig } from '../testing/test-config.ts'
import { type DatabaseKind, databaseKinds, openTestDatabase } from '../testing/test-database.ts'
import { generateKey } from './generate-key.ts'
import { identifyKey } from './identify-key.ts'
import { listKeys } from './list-keys.ts'
import { revokeMemberKeys } from './revoke-member-keys.ts'
import { rotateKey } from './rotate-key.ts'
import { generateSecret } from './secret.ts'

const config = testConfig()

async function open(kind: DatabaseKind, t: Parameters<typeof openTestDatabase>[1]) {
  const database = await openTestDatabase(kind, t)
  const organizationId = await seedOrganization(database)
  const context = { database, config }
  const [admin, member] = [await seedMember(database, organizationId, 'admin'), await seedMember(database, organizationId, 'member')]
  return {
    ...{ database, organizationId, context, admin, member },
    generate: (who: typeof member = member) =>
      generateKey(context, { ...who, activeOrganizationId: who.organizationId }, { name: 'CI', organizationId: who.organizationId }),
  }
}

const failsWith =
  (code: string, detail = /./) =>
  (error: unknown) =>
    error instanceof LeafPadError && error.code === code && detail.test(error.message)

for (const kind of databaseKinds) {
  describe(`what admins do with keys, on ${kind}`, () => {
    it('tells whose secret a text is, which of the two, and also one that has ended', async (t) => {
      const { context, admin, member, generate } = await open(kind, t)
      const { key, secret: first } = await generate()
      const { secret: second } = await rotateKey(context, member, key.id, { oldEndsInSeconds: 0 })
      for (const [secret, number] of [
        [first, 1],
        [second, 2],
      ] as const) {
        const identified = await identifyKey(context, admin, ` ${secret}\n`)
        assert.deepEqual([identified.key.id, identified.secretNumber, identified.key.owner.userId], [key.id, number, member.userId])
      }
    })

    it('tells it to nobody else, and of no key of another organization', async (t) => {
      const { database, context, admin, member, generate } = await open(kind, t)
      const { secret } = await generate()
      await assert.rejects(identifyKey(context, member, secret), failsWith('missing_permission', /keys:all/))
      const stranger = await seedMember(database, await seedOrganization(database), 'owner')
      const foreign = await generate(stranger)
      const unknown = failsWith('not_found', /^No key of this organization has this secret\.$/)
      await assert.rejects(identifyKey(context, admin, foreign.secret), unknown)
      await assert.rejects(identifyKey(context, admin, generateSecret().secret), unknown)
      const mistyped = `${secret.slice(0, -1)}${secret.endsWith('x') ? 'y' : 'x'}`
      await assert.rejects(identifyKey(context, admin, mistyped), failsWith('not_found', /mistyped or not whole/))
    })

    it('revokes all keys of a member, with the reason, and none of others', async (t) => {
      const { database, context, organizationId, admin, member, generate } = await open(kind, t)
      const [one, two, other] = [await generate(), await generate(), await generate(admin)]
      assert.equal(await revokeMemberKeys(database, admin, member.memberId, { reason: 'left', note: null }), 2)
      assert.equal(await revokeMemberKeys(database, admin, member.memberId), 0)
      const { keys } = await listKeys(database, config.dailyQuota, admin)
      const told = Object.fromEntries(
        keys.map(({ id, status, revokedReason, revokedBy }) => [id, [status, revokedReason, revokedBy?.userId]]),
      )
      assert.deepEqual(told, {
        [one.key.id]: ['revoked', 'left', admin.userId],
        [two.key.id]: ['revoked', 'left', admin.userId],
        [other.key.id]: ['active', null, undefined],
      })
      await assert.rejects(revokeMemberKeys(database, member, member.memberId), failsWith('missing_permission', /keys:all/))
      const stranger = await seedMember(database, await seedOrganization(database), 'owner')
      await generate(stranger)
      await assert.rejects(revokeMemberKeys(database, admin, stranger.memberId), failsWith('not_found'))
      await assert.rejects(revokeMemberKeys(database, { ...stranger, organizationId }, member.memberId), failsWith('not_found'))
      assert.equal((await identifyKey(context, stranger, (await generate(stranger)).secret)).key.status, 'active')
    })

    it('revokes the keys of a membership that is gone, too', async (t) => {
      const { database, admin, member, generate } = await open(kind, t)
      await generate()
      await database.kysely.deleteFrom('member').where('id', '=', member.memberId).execute()
      assert.equal(await revokeMemberKeys(database, admin, member.memberId), 1)
      assert.equal(await revokeMemberKeys(database, admin, member.memberId), 0)
    })
  })
}
