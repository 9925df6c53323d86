import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openTestApp } from '../testing/test-app.ts'
import { databaseKinds } from '../testing/test-database.ts'

const api = '/api/dashboard/v1'

for (const kind of databaseKinds) {
  describe(`the dashboard's door on ${kind}`, () => {
    it('lets nobody in who is not signed in, save where a route says so', async (t) => {
      const { app } = await openTestApp(kind, t)
      const routes = app.routes.all().filter(({ pattern }) => pattern.startsWith(api))
      assert.ok(routes.length > 20)
      for (const { method, pattern, config } of routes) {
        if (config.public === true) continue
        const url = pattern.replaceAll(/:\w+/g, 'x')
        const { statusCode, headers } = await app.inject({ method: method as 'GET', url, headers: { cookie: 'leafpad.session_token=x.y' } })
        assert.deepEqual([statusCode, headers['cache-control']], [401, 'no-store'], `${method} ${pattern}`)
      }
    })

    it('takes changes from its own origin or from no browser, and from no page of another', async (t) => {
      const { app, signedInAs } = await openTestApp(kind, t)
      const { cookie, organizationId } = await signedInAs()
      const generate = (headers: Record<string, string>) =>
        app.inject({ method: 'POST', url: `${api}/keys`, headers: { cookie, ...headers }, payload: { name: 'x', organizationId } })
      for (const headers of [{ 'sec-fetch-site': 'same-origin' }, { origin: 'http://localhost:3000' }, {}]) {
        assert.equal((await generate(headers)).statusCode, 201)
      }
      const foreign = [
        { 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'same-site' },
        { 'sec-fetch-site': 'none' },
        { origin: 'null' },
        { origin: 'http://localhost:3001' },
        { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-site' },
      ]
      for (const headers of foreign) {
        const { statusCode, body } = await generate(headers)
        assert.deepEqual([statusCode, JSON.parse(body).code], [403, 'cross_origin'], JSON.stringify(headers))
        assert.match(JSON.parse(body).detail, /http:\/\/localhost:3000 \(LEAFPAD_PUBLIC_URL\)/)
      }
      const nowhere = { organizationId: 'org_of_nobody' }
      for (const request of [
        { method: 'POST', url: `${api}/keys`, payload: { name: 'x', ...nowhere } },
        { method: 'PUT', url: `${api}/session/organization`, payload: nowhere },
      ] as const) {
        const answer = await app.inject({ ...request, headers: { cookie } })
        assert.deepEqual([answer.statusCode, answer.json().detail], [404, 'There is no such organization, or you are no member of it.'])
      }
      const listed = await app.inject({ url: `${api}/keys`, headers: { cookie, 'sec-fetch-site': 'none' } })
      assert.deepEqual([listed.statusCode, listed.json().keys.length], [200, 3])
    })

    it('takes no page of another site for signing in either', async (t) => {
      const { app } = await openTestApp(kind, t)
      const payload = { email: 'ada@example.test', password: 'correct horse' }
      const { statusCode } = await app.inject({
        method: 'POST',
        url: `${api}/sign-in`,
        headers: { 'sec-fetch-site': 'cross-site' },
        payload,
      })
      assert.equal(statusCode, 403)
    })

    it('takes no API key', async (t) => {
      const { app, signedInAs, generateKey } = await openTestApp(kind, t)
      const { secret } = await generateKey(await signedInAs())
      const { statusCode, body } = await app.inject({ url: `${api}/keys`, headers: { 'x-api-key': secret } })
      assert.deepEqual([statusCode, JSON.parse(body).code], [401, 'not_signed_in'])
    })
  })
}
