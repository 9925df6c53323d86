import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { openTestApp, type TestApp, type TestMember } from '../testing/test-app.ts'
import { databaseKinds } from '../testing/test-database.ts'

/** Sends a request's head, does `meanwhile` once the server has let it in, then sends the body; resolves with the answer's status. */
async function sendHeldBack(
  { url }: TestApp,
  path: string,
  headers: Record<string, string>,
  body: string,
  meanwhile: () => Promise<unknown>,
) {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  const answer = text(socket)
  const all = {
    host: 'localhost',
    connection: 'close',
    'content-type': 'application/json',
    'content-length': String(body.length),
    ...headers,
  }
  const head = Object.entries({ ...all, expect: '100-continue' }).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.write(`POST ${path} HTTP/1.1\r\n${head.join('')}\r\n`)
  // The server asks for the body once the request may have one.
  const [continued] = await once(socket, 'data')
  assert.match(String(continued), /^HTTP\/1.1 100 /)
  await meanwhile()
  socket.write(body)
  return Number(/HTTP\/1.1 ([2-5]\d\d)/.exec(await answer)?.[1])
}

for (const kind of databaseKinds) {
  describe(`a session that ends while a body is on its way, on ${kind}`, () => {
    const endSession = ({ app }: TestApp, { cookie }: TestMember) =>
      app.inject({ method: 'POST', url: '/api/dashboard/v1/sign-out', headers: { cookie } })

    it('makes no key', async (t) => {
      const app = await openTestApp(kind, t, { listen: true })
      const member = await app.signedInAs()
      const body = JSON.stringify({ name: 'late', organizationId: member.organizationId })
      const status = await sendHeldBack(app, '/api/dashboard/v1/keys', { cookie: member.cookie }, body, () => endSession(app, member))
      assert.equal(status, 401)
      assert.equal((await app.database.kysely.selectFrom('key').select('id').execute()).length, 0)
    })

    it('makes no document', async (t) => {
      const app = await openTestApp(kind, t, { listen: true })
      const member = await app.signedInAs()
      const headers = { cookie: member.cookie, 'sec-fetch-site': 'same-origin' }
      const path = '/api/public/v1/knowledge-base'
      const status = await sendHeldBack(app, path, headers, JSON.stringify({ text: 'late' }), () => endSession(app, member))
      assert.equal(status, 401)
      assert.equal((await app.database.kysely.selectFrom('document').select('id').execute()).length, 0)
    })
  })
}
