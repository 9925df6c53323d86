import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { openTestApp, type TestApp } from '../testing/test-app.ts'
import { type DatabaseKind, databaseKinds } from '../testing/test-database.ts'
import { untilWaiting } from '../testing/until-waiting.ts'
import { endOldSecret } from './end-old-secret.ts'
import { readKey } from './read-key.ts'
import { revokeKey } from './revoke-key.ts'
import { rotateKey } from './rotate-key.ts'
import { generateSecret } from './secret.ts'

async function open(kind: DatabaseKind, t: TestContext) {
  const test = await openTestApp(kind, t, { attemptLimit: { max: 100, windowSeconds: 60 } })
  const owner = await test.signedInAs('member')
  const context = { database: test.database, config: test.config }
  return {
    ...{ test, owner, context },
    key: () => test.generateKey(owner),
    rotate: async (keyId: string) => (await rotateKey(context, owner, keyId, { oldEndsInSeconds: null })).secret,
    read: (keyId: string) => readKey(test.database, 2_000, owner, keyId),
    report: (secret: string) => report(test, secret),
    use: async (secret: string) => (await test.app.inject({ url: '/api/public/v1/me', headers: { 'x-api-key': secret } })).statusCode,
  }
}

async function report({ app }: TestApp, secret: string) {
  const begunAt = performance.now()
  const answer = await app.inject({ method: 'POST', url: '/api/public/v1/keys/report-leak', payload: { secret } })
  const { 'x-request-id': _, date: __, ...headers } = answer.headers
  return { told: [answer.statusCode, answer.body, headers], tookMs: performance.now() - begunAt }
}

for (const kind of databaseKinds) {
  describe(`a reported leak on ${kind}`, () => {
    it('revokes the key of a live secret, old or new, at once: both of its secrets are dead when the answer is there', async (t) => {
      const { test, key, rotate, read, report, use } = await open(kind, t)
      for (const which of ['old', 'new'] as const) {
        const { keyId, secret: old } = await key()
        const newer = await rotate(keyId)
        assert.deepEqual([await use(old), await use(newer)], [200, 200])
        assert.equal((await report(` ${which === 'old' ? old : newer}\n`)).told[0], 202)
        assert.deepEqual([await use(old), await use(newer)], [401, 401])
        const { status, revokedBy, revokedReason } = await read(keyId)
        assert.deepEqual([status, revokedBy, revokedReason], ['revoked', null, 'exposed'])
        const entries = await test.database.kysely
          .selectFrom('auditEntry')
          .select(['action', 'userId', 'details'])
          .where('targetId', '=', keyId)
          .orderBy('id', 'desc')
          .execute()
        assert.deepEqual({ ...entries[0] }, { action: 'key.revoked', userId: null, details: '{"reason":"exposed","note":null}' })
      }
    })

    it('is answered the same after the same time, whatever the secret is, and changes nothing for one that lets nobody in', async (t) => {
      const { test, context, owner, key, rotate, read, report } = await open(kind, t)
      const [live, revoked, ended] = [await key(), await key(), await key()]
      await revokeKey(context, owner, revoked.keyId)
      await rotate(ended.keyId)
      await endOldSecret(context, owner, ended.keyId, 1)
      const before = [await read(revoked.keyId), await read(ended.keyId)]
      const mistyped = `${live.secret.slice(0, -1)}${live.secret.endsWith('x') ? 'y' : 'x'}`
      const secrets = [live.secret, revoked.secret, ended.secret, generateSecret().secret, mistyped, 'hello', '']
      const answers = []
      for (const secret of secrets) answers.push(await report(secret))
      for (const { told, tookMs } of answers) {
        assert.deepEqual(told, answers[0]!.told)
        assert.ok(tookMs >= 490, `${tookMs} ms`)
      }
      assert.deepEqual([await read(revoked.keyId), await read(ended.keyId)], before)
      assert.ok(!JSON.stringify(await test.log()).includes(live.secret.slice(8, 40)))
    })

    it('is answered without waiting for the revoke, which is carried out when it can be', async (t) => {
      const { test, key, report, read } = await open(kind, t)
      const { keyId, secret } = await key()
      let answered = false
      let reported: Promise<void> | undefined
      await test.database.kysely.transaction().execute(async (transaction) => {
        await transaction.selectFrom('key').select('id').where('id', '=', keyId).forNoKeyUpdate().execute()
        // On SQLite the attempt itself is counted in the database, and so waits as well.
        if (kind === 'sqlite') return
        reported = report(secret).then(({ told }) => {
          assert.equal(told[0], 202)
          answered = true
        })
        await untilWaiting(test.database, 1)
        await reported
      })
      if (kind === 'sqlite') await report(secret)
      else assert.ok(answered)
      while ((await read(keyId)).status !== 'revoked') await setImmediate()
    })

    it('is limited for each address, and bad input is told what to write', async (t) => {
      const test = await openTestApp(kind, t, { attemptLimit: { max: 2, windowSeconds: 60 } })
      const ask = async (payload: object) => {
        const answer = await test.app.inject({ method: 'POST', url: '/api/public/v1/keys/report-leak', payload })
        return [answer.statusCode, answer.json().code]
      }
      for (const payload of [{}, { secret: 1 }, { secret: 'x', more: 1 }, { secret: 'x'.repeat(1_001) }]) {
        assert.deepEqual(await ask(payload), [400, 'invalid_body'])
      }
      assert.deepEqual(
        [await ask({ secret: 'x' }), await ask({ secret: 'x' }), await ask({ secret: 'x' })],
        [
          [202, undefined],
          [202, undefined],
          [429, 'too_many_requests'],
        ],
      )
    })
  })
}
