import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openGate } from '../admission/open-gate.ts'
import { recheckKey } from '../admission/recheck-key.ts'
import { LeafPadError } from '../errors.ts'
import { readUse } from '../testing/read-use.ts'
import { seedMember, seedOrganization } from '../testing/seed-members.ts'
import { testConfig } from '../testing/test-config.ts'
import { type DatabaseKind, databaseKinds, openTestDatabase } from '../testing/test-database.ts'
import { untilWaiting } from '../testing/until-waiting.ts'
import { endOldSecret } from './end-old-secret.ts'
import { generateKey } from './generate-key.ts'
import { readKey } from './read-key.ts'
import { revokeKey } from './revoke-key.ts'
import { type Rotation, rotateKey } from './rotate-key.ts'
import { hashSecret } from './secret.ts'
import { updateKey } from './update-key.ts'

const config = testConfig({ dailyQuota: 5 })
const hourMs = 3_600_000

async function openWithKey(kind: DatabaseKind, t: Parameters<typeof openTestDatabase>[1]) {
  let clockOffsetMs = 0
  const database = await openTestDatabase(kind, t, () => clockOffsetMs)
  const gate = openGate(database, config)
  t.after(() => gate.close())
  const organizationId = await seedOrganization(database)
  const owner = await seedMember(database, organizationId, 'member', 'Grace')
  const context = { database, config }
  const made = await generateKey(
    context,
    { ...owner, activeOrganizationId: organizationId },
    { name: 'CI', organizationId, expiresInDays: 90 },
  )
  return {
    ...{ database, gate, organizationId, owner, context, made, keyId: made.key.id },
    moveClock: (ms: number) => (clockOffsetMs += ms),
    rotate: (oldEndsInSeconds: number | null, more: Partial<Rotation> = {}) =>
      rotateKey(context, owner, made.key.id, { oldEndsInSeconds, ...more }),
    end: (number: number) => endOldSecret(context, owner, made.key.id, number),
    read: () => readKey(database, config.dailyQuota, owner, made.key.id),
    async use(secret: string, address = '192.0.2.1') {
      const [verdict] = await gate.decide([{ secretHash: hashSecret(secret)!, permission: 'documents:read', address }])
      return verdict!.admitted ? 'admitted' : verdict!.code
    },
  }
}

const failsWith = (code: string) => (error: unknown) => error instanceof LeafPadError && error.code === code

for (const kind of databaseKinds) {
  describe(`rotateKey on ${kind}`, () => {
    it('gives the same key another secret: only the secrets change, and both are let in until the old one ends by itself', async (t) => {
      const { made, rotate, read, use, moveClock } = await openWithKey(kind, t)
      const { key, secret } = await rotate(3_600)
      const [old] = made.key.secrets
      const endsAt = new Date(Date.parse(key.secrets[0]!.createdAt) + hourMs).toISOString()
      const unused = { lastUsedAt: null, lastUsedAddress: null }
      assert.deepEqual(key, {
        ...made.key,
        lastFour: secret.slice(-4),
        secrets: [
          { number: 2, lastFour: secret.slice(-4), createdAt: key.secrets[0]!.createdAt, endsAt: null, ...unused },
          { ...old, endsAt },
        ],
      })
      assert.deepEqual(await read(), key)
      assert.deepEqual([await use(made.secret), await use(secret)], ['admitted', 'admitted'])
      moveClock(hourMs)
      assert.deepEqual([await use(made.secret), await use(secret)], ['secret_ended', 'admitted'])
      assert.deepEqual(
        (await read()).secrets.map(({ number }) => number),
        [2],
      )
    })

    it('does nothing where the key has a newer secret than who asks knows of: what comes late, after another rotation, ends none in use', async (t) => {
      const { made, rotate, read, use } = await openWithKey(kind, t)
      const known = made.key.secrets[0]!.number
      const late = { newestNumber: known }
      const second = await rotate(3_600, late)
      const before = await read()
      await assert.rejects(rotate(0, late), (error) => {
        assert.ok(error instanceof LeafPadError)
        assert.deepEqual([error.code, error.answer.members], ['rotated_meanwhile', { newestNumber: known + 1 }])
        return true
      })
      assert.deepEqual(await read(), before)
      assert.deepEqual([await use(made.secret), await use(second.secret)], ['admitted', 'admitted'])
      await rotate(0, { newestNumber: known + 1 })
      assert.deepEqual([await use(made.secret), await use(second.secret)], ['secret_ended', 'secret_ended'])
    })

    it('ends the old secret at once where that is asked, and by hand where nothing else is', async (t) => {
      const { made, rotate, end, use } = await openWithKey(kind, t)
      const second = await rotate(0)
      assert.deepEqual([await use(made.secret), await use(second.secret)], ['secret_ended', 'admitted'])
      const third = await rotate(null)
      assert.deepEqual(
        third.key.secrets.map(({ number, endsAt }) => [number, endsAt]),
        [
          [3, null],
          [2, null],
        ],
      )
      assert.deepEqual([await use(second.secret), await use(third.secret)], ['admitted', 'admitted'])
      const ended = await end(2)
      assert.deepEqual(
        ended.secrets.map(({ number }) => number),
        [3],
      )
      assert.deepEqual([await use(second.secret), await use(third.secret)], ['secret_ended', 'admitted'])
      // A second time changes nothing; neither does it for one that ended long ago.
      assert.deepEqual([(await end(2)).secrets, (await end(1)).secrets.length], [(await end(2)).secrets, 1])
    })

    it('leaves two live secrets at most: with two, the older one ends, and whoever lost an answer rotates again', async (t) => {
      const { made, rotate, use } = await openWithKey(kind, t)
      const lost = await rotate(null)
      const { key, secret } = await rotate(null)
      assert.deepEqual(
        key.secrets.map(({ number }) => number),
        [3, 2],
      )
      assert.deepEqual([await use(made.secret), await use(lost.secret), await use(secret)], ['secret_ended', 'admitted', 'admitted'])
    })

    it('can end the newest in place of the older, so that an answer that was lost costs nothing of what is in use', async (t) => {
      const { context, owner, keyId, made, rotate, use } = await openWithKey(kind, t)
      const lost = await rotate(3_600)
      const { key, secret } = await rotateKey(context, owner, keyId, { oldEndsInSeconds: 3_600, ends: 'newest' })
      assert.deepEqual(
        key.secrets.map(({ number, endsAt }) => [number, endsAt !== null]),
        [
          [4, false],
          [1, true],
        ],
      )
      assert.deepEqual([await use(made.secret), await use(lost.secret), await use(secret)], ['admitted', 'secret_ended', 'admitted'])
      const { secrets } = await readKey(context.database, config.dailyQuota, owner, keyId)
      assert.ok(secrets.every(({ lastUsedAt }) => lastUsedAt !== null))
    })

    it('of rotations at the same time leaves the two newest', async (t) => {
      const { rotate, read, use } = await openWithKey(kind, t)
      const rotated = await Promise.all([rotate(null), rotate(null), rotate(null), rotate(null)])
      const { secrets } = await read()
      assert.deepEqual(
        secrets.map(({ number }) => number),
        [5, 4],
      )
      const answers = await Promise.all(rotated.map(({ secret }) => use(secret)))
      assert.deepEqual(answers.sort(), ['admitted', 'admitted', 'secret_ended', 'secret_ended'])
    })

    it('keeps one quota for both secrets, on the day of the rotation and after it', async (t) => {
      const { database, keyId, made, rotate, use } = await openWithKey(kind, t)
      for (let count = 0; count < 2; count++) assert.equal(await use(made.secret), 'admitted')
      const { secret } = await rotate(null)
      assert.deepEqual([await use(secret), await use(made.secret), await use(secret)], ['admitted', 'admitted', 'admitted'])
      assert.deepEqual([await use(secret), await use(made.secret)], ['quota_exceeded', 'quota_exceeded'])
      assert.deepEqual(
        (await readUse(database, keyId)).map(({ used }) => used),
        [5],
      )
    })

    it('tells of each secret when and from where it was last used, also on another day, and never of one what another did', async (t) => {
      const { made, rotate, read, use, moveClock } = await openWithKey(kind, t)
      const uses = async () =>
        (await read()).secrets.map(({ number, lastUsedAt, lastUsedAddress }) => [number, lastUsedAt !== null, lastUsedAddress])
      await use(made.secret, '10.0.0.1')
      const second = await rotate(null)
      assert.deepEqual(await uses(), [
        [2, false, null],
        [1, true, '10.0.0.1'],
      ])
      await use(second.secret, '10.0.0.2')
      await use(made.secret, '10.0.0.4')
      assert.deepEqual(await uses(), [
        [2, true, '10.0.0.2'],
        [1, true, '10.0.0.4'],
      ])
      moveClock(24 * hourMs)
      await use(second.secret, '10.0.0.5')
      const { lastUsedAt, lastUsedAddress, secrets } = await read()
      assert.deepEqual([lastUsedAt, lastUsedAddress], [secrets[0]!.lastUsedAt, '10.0.0.5'])
      assert.deepEqual(await uses(), [
        [2, true, '10.0.0.5'],
        [1, true, '10.0.0.4'],
      ])
      // The third has the place of the first, and nothing of what that one did.
      await rotate(null)
      assert.deepEqual(await uses(), [
        [3, false, null],
        [2, true, '10.0.0.5'],
      ])
    })

    it('is for who made the key alone: an admin is told so, others see no such key', async (t) => {
      const { database, context, organizationId, keyId, read } = await openWithKey(kind, t)
      const before = await read()
      const admin = await seedMember(database, organizationId, 'admin')
      const member = await seedMember(database, organizationId, 'member')
      await assert.rejects(rotateKey(context, admin, keyId, { oldEndsInSeconds: 0 }), failsWith('not_key_owner'))
      await assert.rejects(rotateKey(context, member, keyId, { oldEndsInSeconds: 0 }), failsWith('not_found'))
      await assert.rejects(endOldSecret(context, member, keyId, 1), failsWith('not_found'))
      assert.deepEqual(await read(), before)
    })

    it('lets admins end an old secret, nobody the newest one, and knows none that never was', async (t) => {
      const { database, context, organizationId, keyId, rotate, end } = await openWithKey(kind, t)
      const admin = await seedMember(database, organizationId, 'admin')
      await assert.rejects(end(1), failsWith('newest_secret'))
      await rotate(null)
      for (const number of [0, 3, 1_000]) await assert.rejects(end(number), failsWith('not_found'))
      await assert.rejects(end(2), failsWith('newest_secret'))
      assert.equal((await endOldSecret(context, admin, keyId, 1)).secrets.length, 1)
    })

    it('refuses a key that is not live, and a revoke or an expiry ends both secrets', async (t) => {
      const { database, context, owner, keyId, made, rotate, use, moveClock } = await openWithKey(kind, t)
      const { secret } = await rotate(null)
      await updateKey(context, owner, keyId, { expiresInDays: 1 })
      moveClock(24 * hourMs + 1)
      assert.deepEqual([await use(made.secret), await use(secret)], ['key_expired', 'key_expired'])
      await assert.rejects(rotate(0), failsWith('key_not_live'))
      moveClock(-24 * hourMs)
      await revokeKey(context, owner, keyId)
      assert.deepEqual([await use(made.secret), await use(secret)], ['key_revoked', 'key_revoked'])
      await assert.rejects(rotate(0), failsWith('key_not_live'))
      assert.equal((await database.kysely.selectFrom('secret').selectAll().execute()).length, 2)
    })

    it('waits for writes that the ended secret began, and refuses those that come to write after it', async (t) => {
      const { database, keyId, rotate } = await openWithKey(kind, t)
      const recheck = (secretNumber: number) => (transaction: Parameters<typeof recheckKey>[1]) =>
        recheckKey(database, transaction, { keyId, secretNumber }, { permission: 'documents:write', address: '192.0.2.1' })
      const order: string[] = []
      let rotated: Promise<unknown> | undefined
      await database.kysely.transaction().execute(async (transaction) => {
        assert.equal(await recheck(1)(transaction), undefined)
        rotated = rotate(0).then(() => order.push('rotated'))
        await untilWaiting(database, 1)
        order.push('written')
      })
      await rotated
      assert.deepEqual(order, ['written', 'rotated'])
      assert.equal((await database.kysely.transaction().execute(recheck(1)))?.code, 'secret_ended')
      assert.equal(await database.kysely.transaction().execute(recheck(2)), undefined)
    })
  })
}
