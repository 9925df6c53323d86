import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { revokeKey } from '../keys/revoke-key.ts'
import { updateKey } from '../keys/update-key.ts'
import { failInserts } from '../testing/failing-insert.ts'
import { readUse } from '../testing/read-use.ts'
import { openTestApp, type TestMember } from '../testing/test-app.ts'
import { type DatabaseKind, databaseKinds } from '../testing/test-database.ts'
import { deletePastNotices } from './delete-past-notices.ts'
import { dismissNotice } from './dismiss-notice.ts'
import { listNotices } from './list-notices.ts'
import { warnOfExpiry } from './warn-of-expiry.ts'

const dayMs = 86_400_000
const api = '/api/dashboard/v1'

async function open(kind: DatabaseKind, t: TestContext, config: { dailyQuota?: number; smtpUrl?: string } = {}) {
  let clockOffsetMs = 0
  const test = await openTestApp(kind, t, { config, clockOffsetMs: () => clockOffsetMs })
  const { database } = test
  const owner = await test.signedInAs('member')
  const { organizationId } = owner
  const admin = await test.signedInAs('admin', organizationId)

  async function ask(who: TestMember, method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, payload?: object) {
    const headers = { cookie: who.cookie, origin: test.config.publicUrl }
    const { statusCode: status, body } = await test.app.inject({ method, url: `${api}${path}`, headers, ...(payload && { payload }) })
    return { status, body: body === '' ? null : JSON.parse(body) }
  }

  /** What the dashboard is told in a session. */
  async function told(who: TestMember) {
    const { status, body } = await ask(who, 'GET', '/notices')
    assert.equal(status, 200)
    assert.equal((await ask(who, 'GET', '/session')).body.notices, body.notices.length)
    return body.notices
  }

  /** What somebody is shown in a session that was begun by now, of other things than that a key was generated. */
  async function shown({ userId }: TestMember) {
    const all = await listNotices(database, userId, 'ses_new')
    return all.filter(({ kind }) => kind !== 'key_generated').map(({ kind, facts, keyId }) => ({ kind, facts, keyId }))
  }

  return {
    ...{ ...test, owner, admin, organizationId, ask, told, shown },
    moveClock: (ms: number) => (clockOffsetMs += ms),
    generate: async (who: TestMember, expiresInDays?: number): Promise<{ keyId: string; secret: string }> => {
      const { status, body } = await ask(who, 'POST', '/keys', { organizationId, name: 'CI', ...(expiresInDays && { expiresInDays }) })
      assert.equal(status, 201)
      return { keyId: body.key.id, secret: body.secret }
    },
    use: async (secret: string) => (await test.app.inject({ url: '/api/public/v1/me', headers: { 'x-api-key': secret } })).statusCode,
    report: (secret: string) => test.app.inject({ method: 'POST', url: '/api/public/v1/keys/report-leak', payload: { secret } }),
    /** How many there are, whoever they are for. */
    count: async () => (await database.kysely.selectFrom('notice').select('id').execute()).length,
  }
}

/** Does something to some of many at a time: a statement takes only so many values. */
async function inParts<Each>(all: readonly Each[], act: (part: readonly Each[]) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < all.length; from += 150) await act(all.slice(from, from + 150))
}

/** Waits for what the server does about once a second. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await setImmediate()
}

for (const kind of databaseKinds) {
  describe(`notices on ${kind}`, () => {
    it('tell of a key that was generated, in every other session of who it is, until it is put away or revoked', async (t) => {
      const { owner, admin, generate, told, signedInAgain, ask } = await open(kind, t)
      const { keyId } = await generate(owner)
      const other = await signedInAgain(owner)
      assert.deepEqual([await told(owner), await told(admin)], [[], []])
      const [{ id, createdAt, endsAt, ...notice }, ...more] = await told(other)
      assert.deepEqual(more, [])
      assert.equal(Date.parse(endsAt) - Date.parse(createdAt), 30 * dayMs)
      assert.deepEqual(notice, {
        ...{ kind: 'key_generated', facts: { address: '127.0.0.1' } },
        ...{ organization: { id: owner.organizationId, name: 'Acme' }, key: { id: keyId, name: 'CI' } },
      })
      assert.equal((await ask(admin, 'DELETE', `/notices/${id}`)).status, 404)
      assert.equal((await ask(other, 'DELETE', `/notices/${id}`)).status, 204)
      assert.deepEqual(await told(other), [])
      const second = await generate(owner)
      assert.equal((await told(other)).length, 1)
      await ask(owner, 'POST', `/keys/${second.keyId}/revoke`, {})
      assert.deepEqual(await told(other), [])
    })

    it('tell the owner of a revoke by another, with who and why, and of one of their own nothing', async (t) => {
      const { owner, admin, generate, shown, ask } = await open(kind, t)
      const [own, others] = [await generate(owner), await generate(owner)]
      await ask(owner, 'POST', `/keys/${own.keyId}/revoke`, {})
      assert.deepEqual(await shown(owner), [])
      for (let time = 0; time < 2; time++) {
        await ask(admin, 'POST', `/keys/${others.keyId}/revoke`, { reason: 'exposed', note: 'found in a gist' })
        const facts = { by: 'Ada', reason: 'exposed', note: 'found in a gist' }
        assert.deepEqual(await shown(owner), [{ kind: 'key_revoked', facts, keyId: others.keyId }])
      }
      assert.deepEqual(await shown(admin), [])
    })

    it('tell the owner of keys that another revoked at once in one notice', async (t) => {
      const { owner, admin, generate, shown, ask } = await open(kind, t)
      for (const count of [2, 1]) {
        for (let n = 0; n < count; n++) await generate(owner)
        const { status, body } = await ask(admin, 'POST', '/keys/revoke-all', { memberId: owner.memberId, reason: 'left' })
        assert.deepEqual([status, body], [200, { revoked: count }])
      }
      await generate(admin)
      await ask(admin, 'POST', '/keys/revoke-all', { memberId: admin.memberId })
      const facts = { by: 'Ada', reason: 'left', note: null }
      assert.deepEqual(await shown(owner), [
        { kind: 'keys_revoked', facts: { count: 1, ...facts }, keyId: null },
        { kind: 'keys_revoked', facts: { count: 2, ...facts }, keyId: null },
      ])
      assert.deepEqual(await shown(admin), [])
    })

    it('tell the owner of a leak, and those who see to all keys, once, and nobody else', async (t) => {
      const { owner, admin, organizationId, signedInAs, generate, shown, report } = await open(kind, t)
      const [other, elsewhere] = [await signedInAs('member', organizationId), await signedInAs('owner')]
      const { keyId, secret } = await generate(owner)
      await Promise.all([report(secret), report(secret)])
      await report(secret)
      assert.deepEqual(await shown(owner), [{ kind: 'key_exposed', facts: { isOwn: true }, keyId }])
      assert.deepEqual(await shown(admin), [{ kind: 'key_exposed', facts: { isOwn: false }, keyId }])
      assert.deepEqual([await shown(other), await shown(elsewhere)], [[], []])
    })

    it('warn of an expiry 14, 3 and 1 days before it, once each, of keys that are in use, and show the last', async (t) => {
      const { database, owner, generate, shown, use, count, moveClock } = await open(kind, t)
      const { keyId, secret } = await generate(owner, 30)
      await generate(owner, 30)
      const before = await count()
      const daysTold: (number | undefined)[] = []
      for (let day = 0; day < 30; day++) {
        if (day === 10) assert.equal(await use(secret), 200)
        // Two servers, and each looks more than once.
        await Promise.all([warnOfExpiry(database), warnOfExpiry(database)])
        const warnings = await shown(owner)
        assert.ok(warnings.length <= 1)
        const [warning] = warnings
        if (warning !== undefined) assert.deepEqual([warning.kind, warning.keyId], ['key_expires', keyId])
        daysTold.push(warning && 'days' in warning.facts ? warning.facts.days : undefined)
        moveClock(dayMs)
      }
      // Some milliseconds more than whole days have gone by each time.
      assert.deepEqual(daysTold, [...Array(16).fill(undefined), ...Array(11).fill(14), 3, 3, 1])
      assert.equal(await count(), before + 3)
      // Expired, there is nothing to warn of.
      await warnOfExpiry(database)
      assert.deepEqual([await shown(owner), await count()], [[], before + 3])
    })

    it('warn of no expiry that is no surprise or no loss: of a key made for less, unused for a month, revoked, or of who left', async (t) => {
      const { database, config, owner, organizationId, generate, use, shown, moveClock, signedInAs } = await open(kind, t)
      const left = await signedInAs('member', organizationId)
      const [forADay, unused, revoked, ofLeft] = [
        await generate(owner, 1),
        await generate(owner, 90),
        await generate(owner, 30),
        await generate(left, 30),
      ]
      const forTenDays = await generate(owner, 10)
      for (const { secret } of [forADay, forTenDays, unused, revoked, ofLeft]) assert.equal(await use(secret), 200)
      await revokeKey({ database, config }, owner, revoked.keyId)
      await database.kysely.deleteFrom('member').where('id', '=', left.memberId).execute()
      for (let day = 0; day <= 90; day++) {
        await warnOfExpiry(database)
        moveClock(dayMs)
      }
      const told = await database.kysely
        .selectFrom('notice')
        .select(['keyId', 'facts'])
        .where('kind', '=', 'key_expires')
        .orderBy('createdAt')
        .execute()
      assert.deepEqual(
        told.map(({ keyId, facts }) => [keyId, JSON.parse(facts)]),
        [3, 1].map((days) => [forTenDays.keyId, { days }]),
      )
      assert.deepEqual(await shown(owner), [])
    })

    it('warn anew of an expiry that was put forward, and take the old warning back', async (t) => {
      const { database, config, owner, generate, shown, use, moveClock } = await open(kind, t)
      const { keyId, secret } = await generate(owner, 30)
      moveClock(20 * dayMs)
      assert.equal(await use(secret), 200)
      await warnOfExpiry(database)
      assert.deepEqual(await shown(owner), [{ kind: 'key_expires', facts: { days: 14 }, keyId }])
      await updateKey({ database, config }, owner, keyId, { expiresInDays: 2 })
      assert.deepEqual(await shown(owner), [])
      await warnOfExpiry(database)
      assert.deepEqual(await shown(owner), [{ kind: 'key_expires', facts: { days: 3 }, keyId }])
    })

    it('warn of more keys than are read at once', async (t) => {
      const { database, owner, generate, use, moveClock } = await open(kind, t)
      const { keyId, secret } = await generate(owner, 30)
      const row = await database.kysely
        .selectFrom('key')
        .select(['organizationId', 'memberId', 'userId', 'name', 'createdAt', 'expiresAt', 'revokedAt', 'revokedBy'])
        .where('id', '=', keyId)
        .executeTakeFirstOrThrow()
      const ids = Array.from({ length: 450 }, (_, n) => `key_${String(n).padStart(20, '0')}`)
      await inParts(ids, (part) =>
        database.kysely
          .insertInto('key')
          .values(part.map((id) => ({ ...row, id })))
          .execute(),
      )
      assert.equal(await use(secret), 200)
      const [used] = await readUse(database, keyId)
      await inParts(ids, (part) =>
        database.kysely
          .insertInto('usage')
          .values(part.map((id) => ({ ...used!, keyId: id })))
          .execute(),
      )
      moveClock(17 * dayMs)
      await warnOfExpiry(database)
      const told = await database.kysely.selectFrom('notice').select('keyId').where('kind', '=', 'key_expires').execute()
      assert.equal(new Set(told.map(({ keyId }) => keyId)).size, 451)
    })

    it('tell once a day that 80 % of the quota are used, then that all is, and show the last', async (t) => {
      const { owner, generate, shown, use, moveClock, count } = await open(kind, t, { dailyQuota: 10 })
      const { keyId, secret } = await generate(owner)
      const before = await count()
      const percents = async () => (await shown(owner)).map(({ facts }) => 'percent' in facts && facts.percent)
      for (const day of [1, 2]) {
        for (let n = 0; n < 7; n++) assert.equal(await use(secret), 200)
        assert.deepEqual(await shown(owner), [])
        assert.equal(await use(secret), 200)
        await until(async () => (await percents())[0] === 80)
        assert.deepEqual(await shown(owner), [{ kind: 'key_quota', facts: { percent: 80, quota: 10 }, keyId }])
        for (let n = 0; n < 2; n++) assert.equal(await use(secret), 200)
        assert.equal(await use(secret), 429)
        await until(async () => (await percents())[0] === 100)
        assert.deepEqual(await percents(), [100])
        assert.equal(await count(), before + 2 * day)
        moveClock(dayMs)
      }
      // Those of a day are over with it.
      assert.deepEqual(await shown(owner), [])
    })

    it('are put away with the older ones of the same kind about the same key, and no others', async (t) => {
      const { database, owner, generate, use } = await open(kind, t, { dailyQuota: 10 })
      const keys = [await generate(owner), await generate(owner)]
      const used = async () => (await listNotices(database, owner.userId, '')).filter(({ kind }) => kind === 'key_quota')
      for (const { secret } of keys) for (let n = 0; n < 8; n++) await use(secret)
      await until(async () => (await used()).length === 2)
      for (let n = 0; n < 3; n++) await use(keys[0]!.secret)
      const last = ({ facts }: { facts: object }) => 'percent' in facts && facts.percent === 100
      await until(async () => (await used()).some(last))
      await dismissNotice(database, owner.userId, (await used()).find(last)!.id)
      assert.deepEqual(
        (await used()).map(({ keyId }) => keyId),
        [keys[1]!.keyId],
      )
    })

    it('are not shown where they are mailed', async (t) => {
      const { owner, admin, generate, told, ask, count, signedInAgain } = await open(kind, t, { smtpUrl: 'smtp://127.0.0.1:9' })
      const { keyId } = await generate(owner)
      await ask(admin, 'POST', `/keys/${keyId}/revoke`, {})
      assert.equal(await count(), 2)
      assert.deepEqual(await told(await signedInAgain(owner)), [])
    })

    it('go with the organization, and after 60 days', async (t) => {
      const { database, owner, organizationId, generate, ask, count, signedInAs, moveClock } = await open(kind, t)
      const boss = await signedInAs('owner', organizationId)
      const elsewhere = await signedInAs('owner')
      await generate(owner)
      await ask(elsewhere, 'POST', '/keys', { organizationId: elsewhere.organizationId, name: 'CI' })
      assert.equal(await count(), 2)
      assert.equal((await ask(boss, 'DELETE', `/organizations/${organizationId}`)).status, 204)
      assert.equal(await count(), 1)
      moveClock(59 * dayMs)
      await deletePastNotices(database)
      assert.equal(await count(), 1)
      moveClock(2 * dayMs)
      await deletePastNotices(database)
      assert.equal(await count(), 0)
    })

    it('of a key are in the transaction of what they tell: where they cannot be written, it is not done', async (t) => {
      const { database, owner, admin, generate, ask, use } = await open(kind, t)
      const { keyId, secret } = await generate(owner)
      const mend = await failInserts(database, 'notice')
      assert.equal((await ask(owner, 'POST', '/keys', { organizationId: owner.organizationId, name: 'CI' })).status, 500)
      assert.equal((await ask(admin, 'POST', `/keys/${keyId}/revoke`, {})).status, 500)
      assert.equal(await use(secret), 200)
      await mend()
      assert.equal((await ask(admin, 'POST', `/keys/${keyId}/revoke`, {})).status, 200)
      assert.equal(await use(secret), 401)
    })
  })
}
