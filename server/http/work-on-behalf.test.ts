import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import Fastify from 'fastify'
import { onWhoseBehalf } from '../database/places.ts'
import { openTestApp, type TestMember } from '../testing/test-app.ts'
import { untilWaiting } from '../testing/until-waiting.ts'
import { workOnBehalf } from './work-on-behalf.ts'

const publicUrl = '/api/public/v1/knowledge-base'

// On SQLite nobody waits for a row, and the turn is first come, first served.
describe('a flood of requests that wait for a row, on postgres', () => {
  for (const door of ['public', 'dashboard'] as const) {
    it(`at the ${door} API, of one organization, leaves connections to the others`, async (t) => {
      const app = await openTestApp('postgres', t)
      const [owner, other] = [await app.signedInAs('owner'), await app.signedInAs('owner')]
      const [{ secret }, { secret: otherSecret }] = [await app.generateKey(owner), await app.generateKey(other)]
      const flooding: TestMember[] = []
      // Of several users of it, each of whom has few requests.
      for (let number = 0; number < 6; number++) flooding.push(await app.signedInAs('admin', owner.organizationId))
      const document = async (text: string) =>
        (await app.app.inject({ method: 'POST', url: publicUrl, headers: { 'x-api-key': secret }, payload: { text } })).json().document.id
      const documents: string[] = []
      for (let number = 0; number < 12; number++) documents.push(await document(`${number}`))
      const secrets = await Promise.all(flooding.map(async (member) => (await app.generateKey(member)).secret))

      let flood: Promise<{ readonly statusCode: number }>[] = []
      await app.database.kysely.transaction().execute(async (transaction) => {
        if (door === 'public') {
          await transaction.selectFrom('storage').selectAll().where('organizationId', '=', owner.organizationId).forUpdate().execute()
          flood = documents.map(async (id, index) =>
            app.app.inject({ method: 'DELETE', url: `${publicUrl}/${id}`, headers: { 'x-api-key': secrets[index % secrets.length]! } }),
          )
        } else {
          await transaction.selectFrom('organization').select('id').where('id', '=', owner.organizationId).forUpdate().execute()
          flood = documents.map(async (_, index) =>
            app.app.inject({
              method: 'PATCH',
              url: `/api/dashboard/v1/organizations/${owner.organizationId}`,
              headers: { cookie: flooding[index % flooding.length]!.cookie },
              payload: { name: `Name ${index}` },
            }),
          )
        }
        await untilWaiting(app.database, 3)
        for (let times = 0; times < 3; times++) {
          const read = await app.app.inject({ url: publicUrl, headers: { 'x-api-key': otherSecret } })
          assert.equal(read.statusCode, 200, read.body)
          const keys = await app.app.inject({ url: '/api/dashboard/v1/keys', headers: { cookie: other.cookie } })
          assert.equal(keys.statusCode, 200, keys.body)
        }
      })
      const statuses = (await Promise.all(flood)).map(({ statusCode }) => statusCode)
      assert.deepEqual([...new Set(statuses)], [door === 'public' ? 204 : 200])
    })
  }
})

it('what a route does is done on behalf of whoever asks, and of nobody else who asks on the same connection', async (t) => {
  const app = Fastify()
  t.after(() => app.close())
  app.decorateRequest('behalf', null)
  const told = { handler: async () => [onWhoseBehalf(), await setImmediate().then(onWhoseBehalf)] }
  app.get('/outside', told)
  let known = () => {}
  app.register(async (door) => {
    door.addHook('onRequest', (request, _reply, done) => {
      const whom = request.headers['x-whom']
      // As at the public door: it is known once somebody was asked.
      void setImmediate().then(() => {
        if (whom !== undefined) request.behalf = [String(whom)]
        done()
        known()
      })
    })
    workOnBehalf(door)
    door.get('/', told)
    door.post('/', told)
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const headOf = (method: 'GET' | 'POST', path: string, whom?: string) =>
    `${method} ${path} HTTP/1.1\r\nhost: localhost\r\n${whom === undefined ? '' : `x-whom: ${whom}\r\n`}${
      method === 'POST' ? 'content-type: application/json\r\ncontent-length: 2\r\n' : ''
    }\r\n`
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  t.after(() => socket.destroy())
  await once(socket, 'connect')
  let text = ''
  const answers = () => [...text.matchAll(/\r\n\r\n(\[.*?\]\])/g)].map(([, answer]) => JSON.parse(answer!))
  const untilAnswered = async (count: number) => {
    while (answers().length < count) text += (await once(socket, 'data'))[0]
  }

  // All at once, then a body after it is known who asks, then nobody.
  const outside = headOf('GET', '/outside')
  socket.write([headOf('GET', '/', 'a'), outside, headOf('POST', '/', 'b'), '{}', headOf('GET', '/'), outside].join(''))
  await untilAnswered(5)
  const asked = new Promise<void>((resolve) => {
    known = resolve
  })
  socket.write(headOf('POST', '/', 'c'))
  await asked
  socket.write(['{}', headOf('POST', '/'), '{}', outside].join(''))
  await untilAnswered(8)
  assert.deepEqual(
    answers(),
    [['a'], [], ['b'], [], [], ['c'], [], []].map((whom) => [whom, whom]),
  )
})
