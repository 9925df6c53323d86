import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { describe, it, type TestContext } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { readClock } from './database/database.ts'
import { createAuthentication } from './organizations/authentication.ts'
import { holdHashes } from './testing/hold-hashes.ts'
import { readUse } from './testing/read-use.ts'
import { openTestApp, type TestApp, type TestMember } from './testing/test-app.ts'
import { databaseKinds } from './testing/test-database.ts'

const dashboard = '/api/dashboard/v1'
const publicApi = '/api/public/v1'
const password = 'a-long-password'

/** A request as its client saw it, in the order of this process. */
interface Seen {
  readonly begun: number
  readonly ended: number
  readonly status: number
}

/** The request to the dashboard API that takes the right away. */
interface Ending {
  readonly method: 'POST' | 'PATCH' | 'DELETE'
  readonly url: string
  readonly payload?: object
  readonly headers: { readonly cookie: string }
}

let clock = 0

/** Keeps 16 requests under way until told to stop, or the test has ended. */
function flood(
  t: Pick<TestContext, 'after'>,
  { app }: TestApp,
  secret: string,
  request: { method: 'GET' | 'POST'; url: string; payload?: object },
) {
  const seen: Seen[] = []
  let running = true
  async function client() {
    while (running) {
      const begun = ++clock
      const { statusCode } = await app.inject({ ...request, headers: { 'x-api-key': secret } })
      seen.push({ begun, ended: ++clock, status: statusCode })
    }
  }
  const clients = Promise.all(Array.from({ length: 16 }, client))
  t.after(() => {
    running = false
  })
  return {
    seen,
    async admittedOnce() {
      while (!seen.some(({ status }) => status < 300)) await setImmediate()
    },
    async stop() {
      running = false
      await clients
    },
  }
}

/** Lets a member sign in, and so delete the account, by a password. */
async function givePassword({ database, config }: TestApp, { userId }: TestMember, password: string) {
  const { hashPassword } = await createAuthentication({ database, config })
  const at = '2026-01-01T00:00:00.000Z'
  const account = { id: 'account_1', accountId: userId, userId, providerId: 'credential', password: await hashPassword(password) } as const
  await database.kysely
    .insertInto('account')
    .values({ ...account, createdAt: at, updatedAt: at })
    .execute()
}

async function countDocuments({ database }: TestApp, keyId: string): Promise<number> {
  const { count } = await database.kysely
    .selectFrom('document')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('keyId', '=', keyId)
    .executeTakeFirstOrThrow()
  return Number(count)
}

for (const kind of databaseKinds) {
  describe(`the promises over HTTP, on ${kind}`, () => {
    const endings: Record<string, (who: { owner: TestMember; member: TestMember; keyId: string }) => Ending> = {
      'a revoke': ({ owner, keyId }) => ({
        method: 'POST',
        url: `${dashboard}/keys/${keyId}/revoke`,
        payload: {},
        headers: { cookie: owner.cookie },
      }),
      'a rotation that ends the old secret': ({ member, keyId }) => ({
        method: 'POST',
        url: `${dashboard}/keys/${keyId}/rotate`,
        payload: { oldEndsInSeconds: 0 },
        headers: { cookie: member.cookie },
      }),
      'a removal': ({ owner, member }) => ({
        method: 'DELETE',
        url: `${dashboard}/organizations/${owner.organizationId}/members/${member.memberId}`,
        headers: { cookie: owner.cookie },
      }),
      'a lowered role': ({ owner, member }) => ({
        method: 'PATCH',
        url: `${dashboard}/organizations/${owner.organizationId}/members/${member.memberId}`,
        payload: { role: 'viewer' },
        headers: { cookie: owner.cookie },
      }),
      leaving: ({ member }) => ({
        method: 'POST',
        url: `${dashboard}/organizations/${member.organizationId}/leave`,
        headers: { cookie: member.cookie },
      }),
      'the deletion of the account': ({ member }) => ({
        method: 'DELETE',
        url: `${dashboard}/account`,
        payload: { password },
        headers: { cookie: member.cookie },
      }),
      'the deletion of the organization': ({ owner }) => ({
        method: 'DELETE',
        url: `${dashboard}/organizations/${owner.organizationId}`,
        headers: { cookie: owner.cookie },
      }),
    }
    for (const [ending, request] of Object.entries(endings)) {
      it(`admits no request that begins after ${ending} was acknowledged, and no document of the key appears later`, async (t) => {
        const app = await openTestApp(kind, t, { config: { dailyQuota: 1_000_000, logLevel: 'silent' } })
        const owner = await app.signedInAs('owner')
        const member = await app.signedInAs('member', owner.organizationId)
        await givePassword(app, member, password)
        const { keyId, secret } = await app.generateKey(member)
        const writes = flood(t, app, secret, { method: 'POST', url: `${publicApi}/knowledge-base`, payload: { text: 'flood' } })
        await writes.admittedOnce()
        const askedAt = ++clock
        const acknowledgement = await app.app.inject(request({ owner, member, keyId }))
        const acknowledgedAt = ++clock
        assert.ok(acknowledgement.statusCode < 300, acknowledgement.body)
        const documents = await countDocuments(app, keyId)
        while (!writes.seen.some(({ begun }) => begun > acknowledgedAt)) await setImmediate()
        await writes.stop()
        const later = writes.seen.filter(({ begun }) => begun > acknowledgedAt)
        assert.deepEqual([...new Set(later.map(({ status }) => status))], [ending === 'a lowered role' ? 403 : 401])
        assert.equal(await countDocuments(app, keyId), documents)
        // The password is hashed first, which others need not wait for.
        if (ending === 'the deletion of the account') return
        // Whoever floods the key cannot keep its end waiting: only what was ahead of it goes first.
        const overtook = writes.seen.filter(({ begun, status }) => begun > askedAt && status < 300)
        assert.ok(overtook.length < 200, `${overtook.length} writes overtook`)
      })
    }

    it('admits no request that begins after the expiry, and no document appears of one that was begun before and arrived later', async (t) => {
      let clockOffsetMs = 0
      const config = { dailyQuota: 1_000_000, logLevel: 'silent' } as const
      const app = await openTestApp(kind, t, { config, clockOffsetMs: () => clockOffsetMs })
      const expiresAt = new Date((await readClock(app.database)) + 60_000).toISOString()
      const { keyId, secret } = await app.generateKey(await app.signedInAs('member'), { expiresAt })
      const body = new PassThrough()
      const headers = { 'x-api-key': secret, 'content-type': 'application/json', 'transfer-encoding': 'chunked' }
      const late = app.app.inject({ method: 'POST', url: `${publicApi}/knowledge-base`, headers, payload: body })
      late.catch(() => {})
      body.write('{"text": "half of ')
      // It has been admitted once it has been counted.
      while ((await readUse(app.database, keyId)).length === 0) await setImmediate()
      const writes = flood(t, app, secret, { method: 'POST', url: `${publicApi}/knowledge-base`, payload: { text: 'flood' } })
      await writes.admittedOnce()
      clockOffsetMs = 120_000
      const expiredAt = ++clock
      body.end('it"}')
      const answer = await late
      assert.deepEqual([answer.statusCode, answer.json().code], [401, 'key_expired'])
      while (!writes.seen.some(({ begun }) => begun > expiredAt)) await setImmediate()
      await writes.stop()
      const later = writes.seen.filter(({ begun }) => begun > expiredAt)
      assert.deepEqual([...new Set(later.map(({ status }) => status))], [401])
      assert.equal(await countDocuments(app, keyId), writes.seen.filter(({ status }) => status === 201).length)
    })

    it('admits the 2,000 requests of a day and refuses the 2,001st, whatever the handlers answered', async (t) => {
      const app = await openTestApp(kind, t, { config: { logLevel: 'silent' } })
      const { secret } = await app.generateKey(await app.signedInAs('owner'))
      const urls = [`${publicApi}/me`, `${publicApi}/knowledge-base/doc_unknown`, `${publicApi}/knowledge-base?limit=x`]
      const ask = (number: number) => app.app.inject({ url: urls[number % urls.length]!, headers: { 'x-api-key': secret } })
      const statuses: Record<number, number> = {}
      for (let from = 0; from < 2_000; from += 100) {
        const answers = await Promise.all(Array.from({ length: 100 }, (_, index) => ask(from + index)))
        for (const { statusCode } of answers) statuses[statusCode] = (statuses[statusCode] ?? 0) + 1
      }
      assert.deepEqual(statuses, { 200: 667, 404: 667, 400: 666 })
      const refused = await ask(0)
      assert.equal(refused.statusCode, 429)
      assert.equal(refused.json().type, 'https://iana.org/assignments/http-problem-types#quota-exceeded')
      assert.match(String(refused.headers.ratelimit), /^"daily";r=0;t=\d+$/)
      assert.ok(Number(refused.headers['retry-after']) > 0)
    })

    it('lets accounts be made while a key is flooded, and the flood go on while an account is made', { timeout: 120_000 }, async (t) => {
      const app = await openTestApp(kind, t, { config: { dailyQuota: 1_000_000, signUp: 'open', logLevel: 'silent' } })
      const { secret } = await app.generateKey(await app.signedInAs('owner'))
      const url = `${publicApi}/knowledge-base`
      const floods = [
        flood(t, app, secret, { method: 'GET', url }),
        flood(t, app, secret, { method: 'POST', url, payload: { text: 'flood' } }),
      ]
      for (const one of floods) await one.admittedOnce()
      // While a hash waits, reads and writes are answered, more of each than were under way when it began.
      const hashes = holdHashes(t, async () => {
        const answered = floods.map(({ seen }) => seen.length)
        while (floods.some(({ seen }, index) => seen.length < answered[index]! + 50)) await setImmediate()
      })
      for (let number = 0; number < 3; number++) {
        const answer = await app.app.inject({
          method: 'POST',
          url: `${dashboard}/sign-up`,
          payload: { name: 'Eve', email: `eve${number}@example.com`, password: 'a-long-password', organizationName: 'Other' },
        })
        assert.ok(answer.statusCode < 300, answer.body)
      }
      assert.equal(hashes.length, 3)
      const statuses = []
      for (const one of floods) {
        await one.stop()
        statuses.push([...new Set(one.seen.map(({ status }) => status))])
      }
      assert.deepEqual(statuses, [[200], [201]])
    })
  })
}
