import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { LeafPadError } from '../errors.ts'
import { testConfig } from '../testing/test-config.ts'
import { untilTold } from '../testing/until-told.ts'
import { limits } from './limits.ts'
import { createMetrics } from './metrics.ts'
import { buildServer } from './server.ts'

const body = Type.Object(
  {
    name: Type.String({ minLength: 1 }),
    age: Type.Optional(Type.Integer()),
    role: Type.Optional(Type.Enum(['owner', 'viewer'])),
    email: Type.Optional(Type.String({ pattern: '@', examples: ['ada@example.com'] })),
    note: Type.Optional(Type.String({ pattern: '^[a-z]+$', maxLength: 5 })),
  },
  { additionalProperties: false },
)

/** A server with a route of each sort, and its log. */
async function openServer(test: TestContext, config = {}) {
  const lines: string[] = []
  const { app } = buildServer(testConfig({ logLevel: 'info', ...config }), { write: (text) => lines.push(text) }, createMetrics())
  test.after(() => app.close())
  const calls = { handled: 0 }
  app.post('/people', { schema: { body }, bodyLimit: 1_000 }, (request) => {
    calls.handled++
    return request.body
  })
  app.patch('/people', { schema: { body: Type.Partial(body, { minProperties: 1 }) } }, () => calls.handled++)
  app.post('/people/:id/greet', (request, reply) => {
    calls.handled++
    reply.send({ got: request.body ?? null })
  })
  app.get('/people/:id', (request) => request.params)
  app.get(
    '/people',
    { schema: { querystring: Type.Object({ limit: Type.Optional(Type.Integer({ maximum: 9, default: 5 })) }) } },
    (request) => request.query,
  )
  app.get('/slow', async () => {
    for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate)
    return { done: true }
  })
  app.get('/fails', () => {
    throw Object.assign(new Error('the password is swordfish'), { detail: 'Key (email)=(ada@example.test)' })
  })
  app.get('/fails-oddly', () => Promise.reject('a text'))
  app.get('/refuses', (_request, reply) => {
    reply.header('content-disposition', 'attachment')
    throw new LeafPadError('storage_full', { detail: 'Full.', members: { maxBytes: 5 } }, new Error('secret cause'))
  })
  app.get('/address', (request) => ({ address: request.address }))
  await app.ready()
  return { app, lines, calls }
}

/** Sends bytes over a connection of its own and resolves to all that comes back until it is closed. */
async function sendRaw(app: FastifyInstance, bytes: string): Promise<string> {
  const { port } = app.server.address() as { port: number }
  const socket = connect(port, '127.0.0.1')
  let answer = ''
  socket.setEncoding('latin1').on('data', (text) => (answer += text))
  socket.write(bytes, 'latin1')
  await new Promise((resolve) => socket.on('close', resolve).on('error', resolve))
  return answer
}

const json = { 'content-type': 'application/json' }

describe('bad input', () => {
  const cases: { name: string; send: object; status: number; code: string; says: RegExp }[] = [
    { name: 'malformed JSON', send: { headers: json, payload: '{"name": ' }, status: 400, code: 'malformed_json', says: /not valid JSON/ },
    {
      name: 'JSON with something after it',
      send: { headers: json, payload: '{"name":"a"} x' },
      status: 400,
      code: 'malformed_json',
      says: /line 1 column 14/,
    },
    {
      name: 'invalid UTF-8',
      send: { headers: json, payload: Buffer.from('{"name":"\xff"}', 'latin1') },
      status: 400,
      code: 'malformed_json',
      says: /UTF-8/,
    },
    { name: 'a body of nothing', send: { headers: json }, status: 400, code: 'invalid_body', says: /has no body/ },
    {
      name: 'a body without a type',
      send: { headers: { 'content-type': undefined }, payload: '{"name":"a"}' },
      status: 415,
      code: 'unsupported_media_type',
      says: /no Content-Type/,
    },
    {
      name: 'a body of another type',
      send: { headers: { 'content-type': 'text/plain' }, payload: '{"name":"a"}' },
      status: 415,
      code: 'unsupported_media_type',
      says: /text\/plain, but application\/json\. .*"Content-Type: application\/json"/,
    },
    {
      name: 'a form',
      send: { headers: { 'content-type': 'application/x-www-form-urlencoded' }, payload: 'name=a' },
      status: 415,
      code: 'unsupported_media_type',
      says: /form/,
    },
    {
      name: 'a malformed type',
      send: { headers: { 'content-type': 'application/json, text/plain' }, payload: '{}' },
      status: 415,
      code: 'unsupported_media_type',
      says: /malformed/,
    },
    {
      name: 'a type with a tab before its end',
      send: { headers: { 'content-type': 'application/json\ta' }, payload: '{"x":1}' },
      status: 415,
      code: 'unsupported_media_type',
      says: /malformed/,
    },
    {
      name: 'a type with another charset',
      send: { headers: { 'content-type': 'application/json; charset=latin1' }, payload: '{}' },
      status: 415,
      code: 'unsupported_media_type',
      says: /UTF-8/,
    },
    {
      name: 'a doubled type',
      send: { headers: { 'content-type': ['application/json', 'text/plain'] }, payload: '{}' },
      status: 400,
      code: 'duplicate_header',
      says: /content-type/,
    },
    {
      name: 'a compressed body',
      send: { headers: { ...json, 'content-encoding': 'gzip' }, payload: '{}' },
      status: 415,
      code: 'unsupported_media_type',
      says: /Content-Encoding/,
    },
    {
      name: 'an unknown field',
      send: { headers: json, payload: '{"name":"a","nmae":"b"}' },
      status: 400,
      code: 'invalid_body',
      says: /"nmae" is not known/,
    },
    { name: 'a missing field', send: { headers: json, payload: '{}' }, status: 400, code: 'invalid_body', says: /"name" is missing/ },
    {
      name: 'a number for a text',
      send: { headers: json, payload: '{"name":7}' },
      status: 400,
      code: 'invalid_body',
      says: /"name" must be string/,
    },
    {
      name: 'a text for a number',
      send: { headers: json, payload: '{"name":"a","age":"7"}' },
      status: 400,
      code: 'invalid_body',
      says: /"age" must be integer/,
    },
    {
      name: 'a word that is none of those there are, a wrong pattern and an empty text',
      send: { headers: json, payload: '{"name":"","role":"king","email":"ada","note":"123456"}' },
      status: 400,
      code: 'invalid_body',
      says: /^The body is not as expected: "name" must not be empty; "role" must be one of "owner", "viewer"; "email" must be written as in "ada@example\.com"; "note" must have at most 5 characters; it has 6; "note" has characters that cannot be in it\.$/,
    },
    {
      name: 'a body without a field',
      send: { method: 'PATCH', headers: json, payload: '{}' },
      status: 400,
      code: 'invalid_body',
      says: /: it must have at least one field\.$/,
    },
    { name: 'an array', send: { headers: json, payload: '[]' }, status: 400, code: 'invalid_body', says: /must be object/ },
    { name: 'null', send: { headers: json, payload: 'null' }, status: 400, code: 'invalid_body', says: /must be object/ },
    {
      name: 'a NUL character',
      send: { headers: json, payload: '{"name":"a\\u0000"}' },
      status: 400,
      code: 'invalid_body',
      says: /"name" has a NUL/,
    },
    {
      name: 'half a surrogate pair',
      send: { headers: json, payload: '{"name":"\\ud800"}' },
      status: 400,
      code: 'invalid_body',
      says: /surrogate/,
    },
    {
      name: 'a body nested deeper than any needs',
      send: { headers: json, payload: `{"name":${'['.repeat(400)}` },
      status: 400,
      code: 'invalid_body',
      says: /nested deeper/,
    },
    {
      name: '__proto__',
      send: { headers: json, payload: '{"name":"a","__proto__":{"b":1}}' },
      status: 400,
      code: 'invalid_body',
      says: /__proto__/,
    },
    {
      name: '__proto__, escaped',
      send: { headers: json, payload: '{"name":"a","\\u005f_proto__":{"b":1}}' },
      status: 400,
      code: 'invalid_body',
      says: /__proto__/,
    },
    {
      name: 'constructor.prototype',
      send: { headers: json, payload: '{"constructor":{"prototype":{"b":1}}}' },
      status: 400,
      code: 'invalid_body',
      says: /constructor/,
    },
    {
      name: 'a body beyond its limit',
      send: { headers: json, payload: JSON.stringify({ name: 'a'.repeat(1_000) }) },
      status: 413,
      code: 'body_too_large',
      says: /1000 bytes/,
    },
    {
      name: 'a wrong query',
      send: { method: 'GET', url: '/people?limit=10' },
      status: 400,
      code: 'invalid_query',
      says: /"limit" must be at most 9/,
    },
    {
      name: 'a text in a number of the query',
      send: { method: 'GET', url: '/people?limit=x' },
      status: 400,
      code: 'invalid_query',
      says: /"limit" must be integer/,
    },
    ...['0x10', '1e0', 'true', '+1', '1.0', '%201', ''].map((limit) => ({
      name: `what only JavaScript takes for a number in the query ("${limit}")`,
      send: { method: 'GET', url: `/people?limit=${limit}` } as const,
      status: 400,
      code: 'invalid_query',
      says: /"limit" must be integer/,
    })),
    {
      name: 'a number twice in the query',
      send: { method: 'GET', url: '/people?limit=1&limit=2' },
      status: 400,
      code: 'invalid_query',
      says: /limit/,
    },
    {
      name: 'a NUL character in the path',
      send: { method: 'GET', url: '/people/a%00' },
      status: 400,
      code: 'malformed_request',
      says: /NUL/,
    },
    {
      name: 'a NUL character in the query',
      send: { method: 'GET', url: '/people?limit=%00' },
      status: 400,
      code: 'malformed_request',
      says: /NUL/,
    },
    { name: 'a path that is no UTF-8', send: { method: 'GET', url: '/people/%ff' }, status: 400, code: 'malformed_request', says: /UTF-8/ },
    {
      name: 'a path of nothing',
      send: { method: 'GET', url: '/persons' },
      status: 404,
      code: 'not_found',
      says: /this path is not known\. .* slash/,
    },
    {
      name: 'a path of nothing, with a malformed body',
      send: { url: '/persons', headers: json, payload: '{' },
      status: 404,
      code: 'not_found',
      says: /nothing here/,
    },
    {
      name: 'a method that is not there',
      send: { method: 'DELETE', url: '/people/7' },
      status: 405,
      code: 'method_not_allowed',
      says: /GET, HEAD/,
    },
  ]
  for (const { name, send, status, code, says } of cases) {
    it(`answers ${status} ${code} to ${name}, and handles nothing`, async (t) => {
      const { app, calls } = await openServer(t)
      const { statusCode, headers, body } = await app.inject({ method: 'POST', url: '/people', ...send })
      const problem = JSON.parse(body)
      assert.deepEqual([statusCode, problem.status, problem.code], [status, status, code])
      assert.match(problem.detail, says)
      assert.equal(problem.type, `urn:leafpad:error:${code}`)
      assert.equal(headers['content-type'], 'application/problem+json')
      assert.equal(headers['x-request-id'], problem.requestId)
      assert.equal(headers['x-content-type-options'], 'nosniff')
      assert.equal(headers['cache-control'], 'no-store')
      assert.equal(calls.handled, 0)
      if (status === 405) assert.equal(headers.allow, 'GET, HEAD')
    })
  }

  const raw: { name: string; bytes: string; status: number; code: string }[] = [
    { name: 'what is no HTTP', bytes: 'hello\r\n\r\n', status: 400, code: 'malformed_request' },
    { name: 'a missing Host', bytes: 'GET /people HTTP/1.1\r\nConnection: close\r\n\r\n', status: 400, code: 'malformed_request' },
    {
      name: 'two Hosts',
      bytes: 'GET /people HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n',
      status: 400,
      code: 'duplicate_header',
    },
    {
      name: 'two keys',
      bytes: 'GET /people HTTP/1.1\r\nHost: a\r\nX-API-Key: a\r\nx-api-key: a\r\nConnection: close\r\n\r\n',
      status: 400,
      code: 'duplicate_header',
    },
    {
      name: 'two credentials',
      bytes: 'GET /people HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer a\r\nauthorization: Bearer b\r\nConnection: close\r\n\r\n',
      status: 400,
      code: 'duplicate_header',
    },
    {
      name: 'two lengths',
      bytes: 'POST /people HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}',
      status: 400,
      code: 'malformed_request',
    },
    {
      name: 'a length and chunks',
      bytes: 'POST /people HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      status: 400,
      code: 'malformed_request',
    },
    {
      name: 'a coding before the chunks',
      bytes:
        'POST /people HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: gzip, chunked\r\nConnection: close\r\n\r\nc\r\n{"name":"a"}\r\n0\r\n\r\n',
      status: 400,
      code: 'malformed_request',
    },
    {
      name: 'an expectation that nobody knows',
      bytes: 'GET /people HTTP/1.1\r\nHost: a\r\nExpect: 200-maybe\r\nConnection: close\r\n\r\n',
      status: 400,
      code: 'malformed_request',
    },
    { name: 'CONNECT', bytes: 'CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n', status: 405, code: 'method_not_allowed' },
    {
      name: 'headers beyond 16 KB',
      bytes: `GET /people HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
      status: 431,
      code: 'headers_too_large',
    },
  ]
  for (const { name, bytes, status, code } of raw) {
    it(`answers ${status} ${code} to ${name}`, async (t) => {
      const { app } = await openServer(t)
      await app.listen({ host: '127.0.0.1', port: 0 })
      const answer = await sendRaw(app, bytes)
      assert.match(answer, new RegExp(`^HTTP/1.1 ${status} `))
      assert.match(answer, /content-type: application\/problem\+json/i)
      assert.equal(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)).code, code)
    })
  }
})

describe('a request whose answer is still to come', () => {
  it('gets it, and not the one to what is malformed behind it, which ends the connection', async (t) => {
    const { app } = await openServer(t)
    await app.listen({ host: '127.0.0.1', port: 0 })
    const answer = await sendRaw(app, 'GET /slow HTTP/1.1\r\nHost: a\r\n\r\nnot HTTP\r\n\r\n')
    assert.match(answer, /^HTTP\/1.1 200 OK[\s\S]*connection: close/i)
    assert.equal(answer.match(/HTTP\/1.1/g)?.length, 1)
  })
})

describe('bodies', () => {
  it('are taken as they are: no type is converted, and the query has its defaults', async (t) => {
    const { app } = await openServer(t)
    const { statusCode, body } = await app.inject({ method: 'POST', url: '/people', payload: { name: ' Ada\u{1F343} ', age: 36 } })
    assert.deepEqual([statusCode, JSON.parse(body)], [200, { name: ' Ada\u{1F343} ', age: 36 }])
    assert.deepEqual((await app.inject({ url: '/people' })).json(), { limit: 5 })
    assert.deepEqual((await app.inject({ url: '/people?limit=3' })).json(), { limit: 3 })
  })

  it('may be absent where none is wanted, even when a type is named', async (t) => {
    const { app } = await openServer(t)
    for (const headers of [{}, json, { 'content-type': 'nonsense' }]) {
      const { statusCode, body } = await app.inject({ method: 'POST', url: '/people/7/greet', headers })
      assert.deepEqual([statusCode, JSON.parse(body)], [200, { got: null }])
    }
  })

  it('that are refused are read to their end, so that the client gets the answer and keeps the connection', async (t) => {
    const { app } = await openServer(t)
    await app.listen({ host: '127.0.0.1', port: 0 })
    const tooLong = 'x'.repeat(5_000_000)
    const head = `POST /people HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${tooLong.length}\r\n\r\n`
    const answers = await sendRaw(app, `${head}${tooLong}GET /people HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
    assert.deepEqual(
      [...answers.matchAll(/HTTP\/1.1 (\d+) /g)].map(([, status]) => status),
      ['413', '200'],
    )
  })

  it('that are refused and have no end are cut off', async (t) => {
    const { app } = await openServer(t)
    await app.listen({ host: '127.0.0.1', port: 0 })
    const { port } = app.server.address() as { port: number }
    const socket = connect(port, '127.0.0.1')
    const closed = new Promise((resolve) => socket.on('error', () => {}).on('close', resolve))
    socket.resume().write('POST /people HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n')
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`
    const write = () => {
      while (!socket.destroyed && socket.write(chunk));
    }
    socket.on('drain', write)
    write()
    await closed
    assert.ok(socket.bytesWritten > limits.maxDiscardedBytes && socket.bytesWritten < 3 * limits.maxDiscardedBytes)
  })

  it('are asked for with 100 Continue only once the request may have one', async (t) => {
    const { app } = await openServer(t)
    await app.listen({ host: '127.0.0.1', port: 0 })
    const head = (type: string) =>
      `POST /people HTTP/1.1\r\nHost: a\r\nContent-Type: ${type}\r\nContent-Length: 12\r\nExpect: 100-continue\r\n`
    const refused = await sendRaw(app, `${head('text/plain')}\r\n`)
    assert.match(refused, /^HTTP\/1.1 415 [\s\S]*connection: close/i)
    const continued = await sendRaw(app, `${head('application/json')}Connection: close\r\n\r\n{"name":"a"}`)
    assert.match(continued, /^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 OK/)
  })
})

describe('errors', () => {
  it('that are unknown leave as a constant 500 and are in the log, without what hangs on them', async (t) => {
    const { app, lines } = await openServer(t)
    for (const url of ['/fails', '/fails-oddly']) {
      const { statusCode, body } = await app.inject({ url })
      const { requestId, ...problem } = JSON.parse(body)
      assert.equal(statusCode, 500)
      assert.deepEqual(problem, {
        type: 'urn:leafpad:error:internal_error',
        title: 'Something went wrong',
        status: 500,
        detail: 'Something went wrong in the server. Its log has the reason, under the request id.',
        code: 'internal_error',
      })
      await untilTold()
      assert.ok(lines.join('').includes(requestId))
    }
    assert.match(lines.join(''), /swordfish/)
    assert.doesNotMatch(lines.join(''), /ada@example/)
  })

  it('carry their members, and nothing of their cause', async (t) => {
    const { app } = await openServer(t)
    const { statusCode, headers, body } = await app.inject({ url: '/refuses' })
    assert.deepEqual([statusCode, JSON.parse(body).maxBytes], [413, 5])
    assert.doesNotMatch(body, /secret/)
    assert.equal(headers['content-disposition'], undefined)
  })
})

describe('the client address', () => {
  const forwarded = { 'x-forwarded-for': '6.6.6.6, 203.0.113.9, 10.0.0.2' }

  it('is the peer, whatever X-Forwarded-For says, when no proxy is trusted', async (t) => {
    const { app } = await openServer(t)
    assert.deepEqual((await app.inject({ url: '/address', headers: forwarded })).json(), { address: '127.0.0.1' })
  })

  it('is the rightmost that no trusted proxy added, never one that the client wrote itself', async (t) => {
    const { app } = await openServer(t, { trustedProxies: ['127.0.0.1', '10.0.0.0/8'] })
    assert.deepEqual((await app.inject({ url: '/address', headers: forwarded })).json(), { address: '203.0.113.9' })
    const stranger = await app.inject({ url: '/address', headers: forwarded, remoteAddress: '198.51.100.7' })
    assert.deepEqual(stranger.json(), { address: '198.51.100.7' })
  })

  it('is the peer when what stands there is no address, and IPv4 is written as IPv4', async (t) => {
    const { app } = await openServer(t, { trustedProxies: ['127.0.0.1'] })
    const ask = (value: string) => app.inject({ url: '/address', headers: { 'x-forwarded-for': value } })
    assert.deepEqual((await ask('unknown')).json(), { address: '127.0.0.1' })
    assert.deepEqual((await ask('<script>')).json(), { address: '127.0.0.1' })
    assert.deepEqual((await ask('::ffff:203.0.113.9')).json(), { address: '203.0.113.9' })
    assert.deepEqual((await ask('2001:db8::1')).json(), { address: '2001:db8::1' })
  })
})

describe('the request id', () => {
  it('is ours, never the client’s', async (t) => {
    const { app } = await openServer(t)
    const { headers } = await app.inject({ url: '/people', headers: { 'x-request-id': 'mine', 'request-id': 'mine' } })
    assert.match(String(headers['x-request-id']), /^req_[0-9a-f]{24}$/)
  })
})
