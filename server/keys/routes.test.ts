import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openTestApp, type TestMember } from '../testing/test-app.ts'
import { databaseKinds } from '../testing/test-database.ts'
import { generateKeyId } from './key-id.ts'

type App = Awaited<ReturnType<typeof openTestApp>>

/** Asks the dashboard's API as a member. */
function dashboard({ app, config }: App, { cookie }: TestMember) {
  return async (method: 'GET' | 'POST' | 'PATCH', path: string, payload?: object) => {
    const headers = { cookie, origin: config.publicUrl }
    const answer = await app.inject({ method, url: `/api/dashboard/v1${path}`, headers, ...(payload && { payload }) })
    const { requestId } = answer.json()
    return { status: answer.statusCode, headers: answer.headers, body: answer.json(), text: answer.body.replace(requestId, '') }
  }
}

for (const kind of databaseKinds) {
  describe(`the routes of keys on ${kind}`, () => {
    it('tell a secret once, which is good from that moment until the key is revoked', async (t) => {
      const test = await openTestApp(kind, t)
      const member = await test.signedInAs('viewer')
      const ask = dashboard(test, member)
      const generated = await ask('POST', '/keys', { name: 'CI', organizationId: member.organizationId })
      assert.equal(generated.status, 201)
      assert.equal(generated.headers['cache-control'], 'no-store')
      const { key, secret } = generated.body
      const me = () => test.app.inject({ url: '/api/public/v1/me', headers: { 'x-api-key': secret } })

      const told = await me()
      assert.equal(told.statusCode, 200)
      assert.equal(told.headers['cache-control'], 'no-store')
      const { quota, ...who } = told.json()
      assert.deepEqual(who, {
        key: { id: key.id, name: 'CI', lastFour: secret.slice(-4), createdAt: key.createdAt },
        user: { id: member.userId, name: 'Ada', email: `${member.userId}@example.test` },
        organization: { id: member.organizationId, name: 'Acme' },
        role: 'viewer',
        expiresAt: null,
        secretEndsAt: null,
      })
      assert.deepEqual([quota.used, quota.left, quota.quota], [1, 1_999, 2_000])
      assert.equal(Date.parse(quota.resetsAt) - Date.parse(quota.day), 86_400_000)

      // It reads, and no more.
      const written = await test.app.inject({
        method: 'POST',
        url: '/api/public/v1/knowledge-base',
        headers: { 'x-api-key': secret },
        payload: { text: 'Hello' },
      })
      assert.deepEqual([written.statusCode, written.json().permission], [403, 'documents:write'])

      const read = await ask('GET', `/keys/${key.id}`)
      assert.deepEqual(read.body.key.today, quota)
      assert.ok(read.body.key.lastUsedAt >= key.createdAt && read.body.key.lastUsedAddress === '127.0.0.1')

      const revoked = await ask('POST', `/keys/${key.id}/revoke`)
      assert.deepEqual([revoked.status, revoked.body.key.status], [200, 'revoked'])
      assert.deepEqual([(await me()).statusCode, (await me()).json().code], [401, 'key_revoked'])
      assert.deepEqual((await ask('GET', '/keys')).body, { keys: [revoked.body.key], nextCursor: null })
      for (const answer of [read, revoked, await ask('GET', '/keys')]) {
        const text = JSON.stringify(answer.body)
        assert.ok(!text.includes(secret) && !text.includes('hash') && answer.headers['cache-control'] === 'no-store')
      }
    })

    it('answer for keys of others byte for byte as for none', async (t) => {
      const test = await openTestApp(kind, t)
      const owner = await test.signedInAs('owner')
      const { keyId } = await test.generateKey(owner)
      const others = [await test.signedInAs('member', owner.organizationId), await test.signedInAs('owner')]
      const requests = [
        ['GET', (id: string) => `/keys/${id}`],
        ['PATCH', (id: string) => `/keys/${id}`, { name: 'Mine' }],
        ['PATCH', (id: string) => `/keys/${id}`, { expiresInDays: 1 }],
        ['POST', (id: string) => `/keys/${id}/revoke`],
      ] as const
      for (const other of others) {
        const ask = dashboard(test, other)
        for (const [method, path, payload] of requests) {
          const unknown = await ask(method, path(generateKeyId()), payload)
          assert.equal(unknown.status, 404)
          for (const id of [keyId, 'x', 'key_', "'", '%F0%9F%94%91', 'a'.repeat(500)]) {
            const answer = await ask(method, path(id), payload)
            assert.deepEqual([answer.status, answer.text], [404, unknown.text], `${method} ${path(id)}`)
          }
        }
      }
      const foreign = await dashboard(test, others[1]!)('POST', '/keys', { name: 'CI', organizationId: owner.organizationId })
      const unknown = await dashboard(test, others[1]!)('POST', '/keys', { name: 'CI', organizationId: 'org_unknown' })
      assert.deepEqual([foreign.status, foreign.text], [404, unknown.text])
    })

    it('name what is wrong with a body or a query', async (t) => {
      const test = await openTestApp(kind, t)
      const member = await test.signedInAs('member')
      const ask = dashboard(test, member)
      const { organizationId } = member
      const { keyId } = await test.generateKey(member)
      const bodies: [path: string, body: object, code: string, says: RegExp][] = [
        ['/keys', { organizationId }, 'invalid_body', /"name"/],
        ['/keys', { name: 'CI' }, 'invalid_body', /"organizationId"/],
        ['/keys', { name: '  ', organizationId }, 'invalid_body', /"name"/],
        ['/keys', { name: 'a'.repeat(101), organizationId }, 'invalid_body', /"name" has 101/],
        ['/keys', { name: 'CI', organizationId, userId: 'user_x' }, 'invalid_body', /"userId"/],
        ['/keys', { name: 'CI', organizationId: 'a b' }, 'invalid_body', /"organizationId"/],
        ['/keys', { name: 'CI', organizationId, expiresInDays: 0 }, 'invalid_body', /"expiresInDays"/],
        ['/keys', { name: 'CI', organizationId, expiresInDays: 3_651 }, 'invalid_body', /"expiresInDays"/],
        ['/keys', { name: 'CI', organizationId, expiresInDays: 1.5 }, 'invalid_body', /"expiresInDays"/],
        ['/keys', { name: 'CI', organizationId, expiresInDays: '90' }, 'invalid_body', /"expiresInDays"/],
        ['/keys', { name: 'CI', organizationId, expiresAt: 1_801_396_800_000 }, 'invalid_body', /"expiresAt"/],
        ['/keys', { name: 'CI', organizationId, expiresAt: '2027-01-31T12:00:00' }, 'invalid_expiry', /such as 20/],
        ['/keys', { name: 'CI', organizationId, expiresAt: '2020-01-31T12:00:00Z' }, 'invalid_expiry', /later instant/],
        ['/keys', { name: 'CI', organizationId, expiresAt: '2099-01-31T12:00:00Z' }, 'invalid_expiry', /ten years/],
        ['/keys', { name: 'CI', organizationId, expiresAt: '2027-01-31T12:00:00Z', expiresInDays: 1 }, 'invalid_expiry', /not both/],
        [`/keys/${keyId}`, {}, 'invalid_body', /./],
        [`/keys/${keyId}`, { expiresAt: null }, 'invalid_body', /"expiresAt"/],
        [`/keys/${keyId}`, { revokedAt: null }, 'invalid_body', /"revokedAt"/],
        [`/keys/${keyId}/revoke`, { reason: 'bored' }, 'invalid_body', /"reason" must be one of/],
        [`/keys/${keyId}/revoke`, { reason: 'other' }, 'invalid_body', /"note" must say why/],
        [`/keys/${keyId}/revoke`, { note: ' ' }, 'invalid_body', /"note" must have something to see/],
        [`/keys/${keyId}/revoke`, { note: 'a'.repeat(201) }, 'invalid_body', /"note" has 201/],
        [`/keys/${keyId}/revoke`, { note: 'x', by: 'me' }, 'invalid_body', /"by"/],
      ]
      for (const [path, body, code, says] of bodies) {
        const answer = await ask(path === `/keys/${keyId}` ? 'PATCH' : 'POST', path, body)
        assert.deepEqual([answer.status, answer.body.code], [400, code], JSON.stringify(body))
        assert.match(answer.body.detail, says)
      }
      const queries: [query: string, says: RegExp][] = [
        ['limit=0', /"limit" must be at least 1/],
        ['limit=101', /"limit" must be at most 100/],
        ['limit=x', /"limit" must be integer/],
        ['status=dead', /"status" must be one of "active", /],
        ['cursor=x', /"cursor" was not given out here/],
        ['memberId=a%20b', /"memberId"/],
        ['more=1', /"more" is not known here/],
        ['expiry=soon', /"expiry" must be one of "none"/],
        ['expiry=', /"expiry" must be one of "none"/],
        ['expiresWithinDays=0', /"expiresWithinDays" must be at least 1/],
        ['expiresWithinDays=3651', /"expiresWithinDays" must be at most 3650/],
        ['expiresWithinDays=1.5', /"expiresWithinDays" must be integer/],
        ['unusedForDays=-1', /"unusedForDays" must be at least 1/],
        ['unusedForDays=3651', /"unusedForDays" must be at most 3650/],
        ['unusedForDays=a%20month', /"unusedForDays" must be integer/],
        ['unusedForDays=30&unusedForDays=60', /"unusedForDays" must be integer/],
      ]
      for (const [query, says] of queries) {
        const answer = await ask('GET', `/keys?${query}`)
        assert.deepEqual([answer.status, answer.body.code], [400, 'invalid_query'], query)
        assert.match(answer.body.detail, says)
      }
      for (const [query, count] of [
        ['limit=1&status=active', 1],
        ['expiry=none', 1],
        ['expiresWithinDays=3650', 0],
        ['unusedForDays=1', 0],
        ['limit=1&expiry=none&unusedForDays=3650', 0],
      ] as const) {
        assert.equal((await ask('GET', `/keys?${query}`)).body.keys.length, count, query)
      }
    })

    it('rename and shorten in one request', async (t) => {
      const test = await openTestApp(kind, t)
      const member = await test.signedInAs('member')
      const ask = dashboard(test, member)
      const { keyId } = await test.generateKey(member)
      const { status, body } = await ask('PATCH', `/keys/${keyId}`, { name: 'Nightly', expiresInDays: 7 })
      assert.deepEqual([status, body.key.name], [200, 'Nightly'])
      const later = await ask('PATCH', `/keys/${keyId}`, { expiresInDays: 8 })
      assert.deepEqual([later.status, later.body.code], [400, 'invalid_expiry'])
      await ask('POST', `/keys/${keyId}/revoke`, {})
      const dead = await ask('PATCH', `/keys/${keyId}`, { expiresInDays: 1 })
      assert.deepEqual([dead.status, dead.body.code, dead.body.keyStatus], [409, 'key_not_live', 'revoked'])
    })

    it('work in the organization that is active, and say so when it is another or none', async (t) => {
      const test = await openTestApp(kind, t)
      const member = await test.signedInAs('member')
      const ask = dashboard(test, member)
      const second = await test.signedInAs('owner')
      const { kysely } = test.database
      const activate = (activeOrganizationId: string | null) =>
        kysely.updateTable('session').set({ activeOrganizationId }).where('userId', '=', member.userId).execute()
      await kysely.updateTable('member').set({ userId: member.userId }).where('id', '=', second.memberId).execute()
      const generate = () => ask('POST', '/keys', { name: 'CI', organizationId: member.organizationId })
      await activate(second.organizationId)
      const other = await generate()
      assert.deepEqual([other.status, other.body.code], [409, 'other_organization_active'])
      assert.deepEqual(other.body.activeOrganization, { id: second.organizationId, name: 'Acme' })
      assert.deepEqual((await ask('GET', '/keys')).body.keys, [])
      await activate(member.organizationId)
      const { body } = await generate()
      await activate(second.organizationId)
      assert.equal((await ask('GET', `/keys/${body.key.id}`)).status, 404)
      await activate(null)
      for (const answer of [await ask('GET', '/keys'), await ask('GET', `/keys/${body.key.id}`)]) {
        assert.deepEqual([answer.status, answer.body.code], [409, 'no_organization_active'])
      }
    })

    it('revoke a key with a reason, in words of one’s own, or with neither; what was said first stays', async (t) => {
      const test = await openTestApp(kind, t)
      const member = await test.signedInAs('member')
      const ask = dashboard(test, member)
      for (const [body, told] of [
        [undefined, [null, null]],
        [{}, [null, null]],
        [{ reason: 'exposed' }, ['exposed', null]],
        [{ reason: 'replaced', note: ' By "CI 2" ' }, ['replaced', 'By "CI 2"']],
        [{ note: 'The laptop is lost' }, ['other', 'The laptop is lost']],
      ] as const) {
        const { keyId } = await test.generateKey(member)
        for (const sent of [body, { reason: 'left' }]) {
          const { status, body: answer } = await ask('POST', `/keys/${keyId}/revoke`, sent)
          assert.deepEqual([status, answer.key.status, [answer.key.revokedReason, answer.key.revokedNote]], [200, 'revoked', told])
        }
      }
    })

    it('tell a session nothing at /me, which is about keys', async (t) => {
      const test = await openTestApp(kind, t)
      const { cookie } = await test.signedInAs('owner')
      const headers = { cookie, 'sec-fetch-site': 'same-origin' }
      const answer = await test.app.inject({ url: '/api/public/v1/me', headers })
      assert.deepEqual([answer.statusCode, answer.json().code], [401, 'missing_credential'])
      assert.match(`${answer.headers['www-authenticate']}`, /^Bearer /)
    })
  })
}
