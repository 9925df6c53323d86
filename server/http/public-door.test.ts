import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { GateUnavailableError } from '../admission/gate.ts'
import { QueueFullError } from '../admission/queue.ts'
import type { FoundKey } from '../admission/verdict.ts'
import { generateSecret, hashSecret } from '../keys/secret.ts'
import { readUse } from '../testing/read-use.ts'
import { seedMembership, seedOrganization } from '../testing/seed-members.ts'
import { openTestApp } from '../testing/test-app.ts'
import { testConfig } from '../testing/test-config.ts'
import { databaseKinds } from '../testing/test-database.ts'
import { untilTold } from '../testing/until-told.ts'
import { createMetrics } from './metrics.ts'
import { openPublicDoor, type PublicDoorOptions } from './public-door.ts'
import { buildServer } from './server.ts'

const path = '/api/public/v1/knowledge-base'
const sameOrigin = { 'sec-fetch-site': 'same-origin' }

for (const kind of databaseKinds) {
  describe(`the public door on ${kind}`, () => {
    it('admits a key by either header, counts once for each request, and tells what is left', async (t) => {
      const { app, signedInAs, generateKey } = await openTestApp(kind, t)
      const { secret } = await generateKey(await signedInAs())
      const both = { 'x-api-key': secret, authorization: `bearer ${secret}` }
      for (const [index, headers] of [{ 'x-api-key': secret }, { authorization: `Bearer ${secret}` }, both].entries()) {
        const { statusCode, headers: answered } = await app.inject({ url: path, headers })
        assert.equal(statusCode, 200)
        assert.match(String(answered.ratelimit), new RegExp(`^"daily";r=${1999 - index};t=\\d+$`))
        assert.equal(answered['ratelimit-policy'], '"daily";q=2000;w=86400')
        assert.equal(answered['x-ratelimit-remaining'], `${1999 - index}`)
        assert.equal(answered['cache-control'], 'no-store')
      }
    })

    it('tells what is left with answers that are errors, too, once the request was admitted', async (t) => {
      const { app, signedInAs, generateKey } = await openTestApp(kind, t)
      const { secret } = await generateKey(await signedInAs())
      const { statusCode, headers } = await app.inject({ url: `${path}/doc_none`, headers: { 'x-api-key': secret } })
      assert.equal(statusCode, 404)
      assert.match(String(headers.ratelimit), /^"daily";r=1999;/)
    })

    it('answers the request after the last of the quota with 429 and when to come back', async (t) => {
      const { app, signedInAs, generateKey } = await openTestApp(kind, t, { config: { dailyQuota: 2 } })
      const { secret } = await generateKey(await signedInAs())
      const ask = () => app.inject({ url: path, headers: { 'x-api-key': secret } })
      assert.deepEqual([(await ask()).statusCode, (await ask()).statusCode], [200, 200])
      const { statusCode, headers, body } = await ask()
      const problem = JSON.parse(body)
      assert.equal(statusCode, 429)
      assert.equal(problem.type, 'https://iana.org/assignments/http-problem-types#quota-exceeded')
      assert.equal(problem.code, 'quota_exceeded')
      assert.equal(headers['x-ratelimit-remaining'], '0')
      assert.equal(headers['retry-after'], headers['x-ratelimit-reset'])
      assert.ok(Number(headers['retry-after']) > 0 && Number(headers['retry-after']) <= 86_400)
    })

    it('refuses the request after a revoke, telling since when, and one from the instant of expiry on', async (t) => {
      let offset = 0
      const { app, signedInAs, generateKey } = await openTestApp(kind, t, { clockOffsetMs: () => offset })
      const member = await signedInAs()
      const revoked = await generateKey(member)
      const answer = await app.inject({
        method: 'POST',
        url: `/api/dashboard/v1/keys/${revoked.keyId}/revoke`,
        headers: { cookie: member.cookie, ...sameOrigin },
      })
      assert.equal(answer.statusCode, 200)
      const refused = await app.inject({ url: path, headers: { 'x-api-key': revoked.secret } })
      assert.equal(refused.statusCode, 401)
      assert.equal(refused.json().code, 'key_revoked')
      assert.match(refused.json().revokedAt, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
      assert.equal(refused.headers['www-authenticate'], 'Bearer realm="leafpad", error="invalid_token"')

      const expiring = await generateKey(member, { expiresAt: new Date(Date.now() + 3_600_000).toISOString() })
      offset = 3_600_000 + 1
      const expired = await app.inject({ url: path, headers: { 'x-api-key': expiring.secret } })
      assert.equal(expired.statusCode, 401)
      assert.equal(expired.json().code, 'key_expired')
    })

    it('refuses a key from the moment its owner has left or may not do what is asked', async (t) => {
      const { app, database, signedInAs, generateKey } = await openTestApp(kind, t)
      const member = await signedInAs('member')
      const { secret } = await generateKey(member)
      const write = () => app.inject({ method: 'POST', url: path, headers: { 'x-api-key': secret }, payload: { text: 'x' } })
      await database.kysely.updateTable('member').set({ role: 'viewer' }).where('id', '=', member.memberId).execute()
      const forbidden = await write()
      assert.equal(forbidden.statusCode, 403)
      assert.deepEqual(
        [forbidden.json().code, forbidden.json().permission, forbidden.json().role],
        ['missing_permission', 'documents:write', 'viewer'],
      )
      assert.match(String(forbidden.headers.ratelimit), /^"daily";r=2000;/)
      await database.kysely.deleteFrom('member').where('id', '=', member.memberId).execute()
      const left = await write()
      assert.deepEqual([left.statusCode, left.json().code], [401, 'key_owner_left'])
    })

    it('tells who sends no key how to send one, and one answer for every unknown secret', async (t) => {
      const { app, signedInAs, generateKey } = await openTestApp(kind, t)
      const { secret } = await generateKey(await signedInAs())
      const none = await app.inject({ url: path })
      assert.deepEqual(
        [none.statusCode, none.json().code, none.headers['www-authenticate']],
        [401, 'missing_credential', 'Bearer realm="leafpad"'],
      )
      const other = `${secret.slice(0, 20)}${secret[20] === 'a' ? 'b' : 'a'}${secret.slice(21)}`
      for (const unknown of [other, 'leafpad_', 'x', `${secret}x`]) {
        const { statusCode, headers, body } = await app.inject({ url: path, headers: { authorization: `Bearer ${unknown}` } })
        assert.equal(statusCode, 401, unknown)
        assert.equal(JSON.parse(body).code, 'invalid_key')
        assert.equal(headers.ratelimit, undefined)
      }
    })

    it('takes the session of the same origin on the knowledge base alone, at no cost, and forgets it with the session', async (t) => {
      const { app, database, signedInAs, generateKey } = await openTestApp(kind, t)
      const member = await signedInAs('viewer')
      const { keyId } = await generateKey(member)
      const ask = (url: string, headers: Record<string, string>) => app.inject({ url, headers: { cookie: member.cookie, ...headers } })
      const { statusCode, headers } = await ask(path, sameOrigin)
      assert.deepEqual([statusCode, headers.ratelimit], [200, undefined])
      assert.equal((await ask(path, { origin: 'http://localhost:3000' })).statusCode, 200)
      assert.equal((await ask(path, { ...sameOrigin, origin: 'http://evil.example' })).json().code, 'cross_origin')
      assert.equal((await ask(path, { 'sec-fetch-site': 'same-site' })).json().code, 'cross_origin')
      assert.equal((await ask(path, {})).json().code, 'missing_credential')
      assert.equal((await ask(path, { referer: 'http://localhost:3000/knowledge-base' })).statusCode, 200)
      assert.equal((await ask(path, { referer: 'http://localhost:8080/' })).json().code, 'cross_origin')
      assert.equal((await ask('/api/public/v1/me', sameOrigin)).json().code, 'missing_credential')
      const write = await app.inject({
        method: 'POST',
        url: path,
        headers: { cookie: member.cookie, ...sameOrigin },
        payload: { text: 'x' },
      })
      assert.equal(write.json().code, 'missing_permission')
      assert.deepEqual(await readUse(database, keyId), [])
      await database.kysely.deleteFrom('member').where('id', '=', member.memberId).execute()
      assert.equal((await ask(path, sameOrigin)).json().code, 'no_organization_active')
    })

    it('reads and writes nothing for a session whose active organization is not the one that is named, and names the active one', async (t) => {
      const { app, database, signedInAs } = await openTestApp(kind, t)
      const member = await signedInAs('owner')
      const elsewhere = await seedOrganization(database, 'Difference Works')
      await seedMembership(database, member.userId, elsewhere, 'owner')
      const ask = (method: 'GET' | 'POST' | 'DELETE', url: string, named?: string) =>
        app.inject({
          method,
          url,
          headers: { cookie: member.cookie, ...sameOrigin, ...(named !== undefined && { 'x-organization-id': named }) },
          ...(method === 'POST' && { payload: { text: 'meant for one organization' } }),
        })
      const created = await ask('POST', path, member.organizationId)
      assert.equal(created.statusCode, 201)
      const { id } = created.json().document
      const activated = await app.inject({
        method: 'PUT',
        url: '/api/dashboard/v1/session/organization',
        headers: { cookie: member.cookie, ...sameOrigin },
        payload: { organizationId: elsewhere },
      })
      assert.equal(activated.statusCode, 200)
      for (const [method, url] of [
        ['POST', path],
        ['GET', path],
        ['GET', `${path}/${id}/content`],
        ['DELETE', `${path}/${id}`],
        ['GET', '/api/dashboard/v1/keys'],
      ] as const) {
        for (const named of [member.organizationId, 'org_of_nobody', '']) {
          const answer = await ask(method, url, named)
          assert.deepEqual(
            [answer.statusCode, answer.json().code, answer.json().activeOrganization],
            [409, 'other_organization_active', { id: elsewhere, name: 'Difference Works' }],
            `${method} ${url} ${named}`,
          )
        }
      }
      for (const named of [elsewhere, undefined]) assert.deepEqual((await ask('GET', path, named)).json().documents, [])
      assert.equal((await database.kysely.selectFrom('document').selectAll().execute()).length, 1)
    })

    it('lets no write of a key become visible that was revoked while its body was still arriving', async (t) => {
      const { app, database, signedInAs, generateKey } = await openTestApp(kind, t, { listen: true })
      const member = await signedInAs()
      const { secret, keyId } = await generateKey(member)
      const { port } = app.server.address() as AddressInfo
      const headers = { 'x-api-key': secret, 'content-type': 'application/json' }
      const upload = request({ host: '127.0.0.1', port, path, method: 'POST', headers })
      const answered = once(upload, 'response')
      upload.write('{"text": "half of ')
      // It has been admitted once it has been counted.
      const isCounted = async () => (await readUse(database, keyId))[0]
      while ((await isCounted()) === undefined) await setImmediate()
      const revoke = `/api/dashboard/v1/keys/${keyId}/revoke`
      assert.equal((await app.inject({ method: 'POST', url: revoke, headers: { cookie: member.cookie } })).statusCode, 200)
      upload.end('it"}')
      const [answer] = (await answered) as [IncomingMessage]
      const body = Buffer.concat(await answer.toArray()).toString()
      assert.deepEqual([answer.statusCode, JSON.parse(body).code], [401, 'key_revoked'])
      assert.deepEqual(await database.kysely.selectFrom('document').select('id').execute(), [])
    })

    it('is open in no route that another organization or nobody could use without a key', async (t) => {
      const { app } = await openTestApp(kind, t)
      const open = ['POST /api/public/v1/keys/report-leak']
      const all = app.routes.all().filter(({ pattern }) => pattern.startsWith('/api/public/v1'))
      const routes = all.filter(({ method, pattern }) => !open.includes(`${method} ${pattern}`))
      assert.equal(routes.length, all.length - open.length)
      assert.ok(routes.length >= 6)
      for (const { method, pattern } of routes) {
        const { statusCode, headers } = await app.inject({ method: method as 'GET', url: pattern.replace(':id', 'x') })
        assert.deepEqual([statusCode, headers['cache-control']], [401, 'no-store'], `${method} ${pattern}`)
      }
    })
  })
}

describe('the public door', () => {
  /** A server whose door decides as the test says. */
  function openDoor(decide: PublicDoorOptions['decide'], findSession: PublicDoorOptions['findSession'] = async () => undefined) {
    const answered: number[] = []
    const { app } = buildServer(testConfig(), { write() {} }, createMetrics())
    const handled: string[] = []
    app.register(async (door) => {
      openPublicDoor(door, {
        database: undefined as never,
        origin: 'http://localhost:3000',
        hashSecret,
        decide,
        recheck: async () => undefined,
        findSession,
        onDecided() {},
        onAnswered: (_keyId, describe) => void answered.push(describe().status),
      })
      door.post('/things', { config: { permission: 'documents:write' } }, async () => handled.push('thing'))
    })
    return { app, handled, answered }
  }
  const { secret } = generateSecret()
  const ask = { method: 'POST', url: '/things', headers: { 'x-api-key': secret } } as const

  it('says yes to nothing when there is no verdict: 503, and when to try again', async (t) => {
    for (const [error, code] of [
      [new GateUnavailableError('lost'), 'database_unavailable'],
      [new QueueFullError('full'), 'overloaded'],
    ] as const) {
      const { app, handled } = openDoor(() => Promise.reject(error))
      t.after(() => app.close())
      const { statusCode, headers, body } = await app.inject(ask)
      assert.deepEqual([statusCode, JSON.parse(body).code, headers['retry-after']], [503, code, '1'])
      assert.deepEqual(handled, [])
    }
  })

  it('says yes to nothing when deciding fails in a way nobody thought of', async (t) => {
    const { app, handled } = openDoor(() => Promise.reject(new TypeError('cannot read')))
    t.after(() => app.close())
    assert.equal((await app.inject(ask)).statusCode, 500)
    assert.deepEqual(handled, [])
  })

  it('answers, and says yes to nothing, when a verdict cannot be carried out', async (t) => {
    const { app, handled } = openDoor(async () => ({ admitted: true, key: undefined }) as never)
    t.after(() => app.close())
    assert.equal((await app.inject(ask)).statusCode, 500)
    assert.deepEqual(handled, [])
  })

  it('asks nobody about what cannot be a secret', async (t) => {
    const asked: unknown[] = []
    const { app } = openDoor(async (of) => {
      asked.push(of)
      return { admitted: false, code: 'invalid_key' }
    })
    t.after(() => app.close())
    for (const text of ['x', '', 'leafpad_', `${secret.slice(0, -1)}${secret.endsWith('a') ? 'b' : 'a'}`]) {
      assert.equal((await app.inject({ ...ask, headers: { 'x-api-key': text } })).json().code, 'invalid_key')
    }
    assert.deepEqual(asked, [])
    await app.inject({ ...ask, remoteAddress: '203.0.113.9' })
    assert.deepEqual(asked, [{ secretHash: hashSecret(secret), permission: 'documents:write', address: '203.0.113.9' }])
  })

  it('asks for no session where a route does not say that it takes one', async (t) => {
    let asked = 0
    const { app, handled } = openDoor(
      async () => ({ admitted: false, code: 'invalid_key' }),
      async () => {
        asked++
        return undefined
      },
    )
    t.after(() => app.close())
    const headers = { cookie: 'leafpad.session_token=x', 'sec-fetch-site': 'same-origin' }
    assert.equal((await app.inject({ ...ask, headers })).json().code, 'missing_credential')
    assert.deepEqual([asked, handled], [0, []])
  })

  it('tells of each answer to a known key once it is out, and of the last ones before it closes', async () => {
    const key = { keyId: 'key_1', secretNumber: 1 } as FoundKey
    const { app, answered } = openDoor(async () => ({ admitted: false, code: 'key_revoked', key }))
    await app.inject(ask)
    await untilTold()
    assert.deepEqual(answered, [401])
    await app.inject(ask)
    await app.close()
    assert.deepEqual(answered, [401, 401])
  })

  it('takes no route that names no permission', async () => {
    const { app } = openDoor(async () => ({ admitted: false, code: 'invalid_key' }))
    app.register(async (door) => {
      openPublicDoor(door, {} as PublicDoorOptions)
      door.get('/open', () => 'hello')
    })
    await assert.rejects(async () => app.ready(), /GET \/open of the public API names no permission/)
  })
})
