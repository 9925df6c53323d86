import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openTestApp } from '../testing/test-app.ts'
import { testConfig } from '../testing/test-config.ts'
import { untilTold } from '../testing/until-told.ts'
import { errorForLog } from './log.ts'
import { createMetrics } from './metrics.ts'
import { buildServer } from './server.ts'

const allowed = new Set([
  'level',
  'time',
  'requestId',
  'method',
  'route',
  'status',
  'durationMs',
  'address',
  'keyId',
  'userId',
  'code',
  'aborted',
])

describe('the log', () => {
  it('has one line a request, of nothing but what is allowed, and nothing secret wherever it was sent', async (t) => {
    const { app, signedInAs, generateKey, log } = await openTestApp('sqlite', t)
    const member = await signedInAs()
    const { secret, keyId } = await generateKey(member)
    const api = '/api/public/v1/knowledge-base'
    const key = { 'x-api-key': secret }
    const requests = [
      { url: api, headers: key },
      { url: api, headers: { authorization: `Bearer ${secret}` } },
      { url: api, headers: { 'x-api-key': `${secret}!` } },
      { url: `${api}?key=${secret}&marker-query`, headers: key },
      { url: `${api}/${secret}`, headers: key },
      { url: `${api}/marker-path%ff`, headers: key },
      { url: `/files/${'marker-link'.repeat(3)}` },
      { url: `/${secret}/marker-path` },
      { method: 'POST', url: api, headers: { ...key, 'content-type': 'application/json' }, payload: `{"text":"marker-body ${secret}` },
      { method: 'POST', url: api, headers: key, payload: { text: `marker-body ${secret}`, [`marker-field-${secret}`]: 1 } },
      { method: 'POST', url: api, headers: { ...key, 'content-type': `marker/type; a=${secret}` }, payload: 'x' },
      { method: 'POST', url: '/api/dashboard/v1/sign-in', payload: { email: 'marker@example.test', password: 'marker-password' } },
      { url: '/api/dashboard/v1/keys', headers: { cookie: member.cookie } },
      { url: api, headers: { ...key, 'x-request-id': 'marker-id', 'user-agent': 'marker-agent', referer: 'marker-referer' } },
    ]
    for (const request of requests) await app.inject(request as { url: string })
    const lines = await log()
    assert.equal(lines.length, requests.length)
    for (const line of lines)
      assert.deepEqual(
        Object.keys(line).filter((name) => !allowed.has(name)),
        [],
      )
    const text = JSON.stringify(lines)
    for (const forbidden of [secret, secret.slice(8, 30), 'leafpad_', 'marker', member.cookie, member.cookie.split('=')[1]!.slice(0, 20)]) {
      assert.ok(!text.includes(forbidden), forbidden)
    }
    const [first, , refused] = lines
    assert.deepEqual([refused!.status, refused!.code, 'keyId' in refused!, 'userId' in refused!], [401, 'invalid_key', false, false])
    const { time, requestId, durationMs, ...rest } = first!
    assert.match(String(time), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
    assert.match(String(requestId), /^req_/)
    assert.equal(typeof durationMs, 'number')
    assert.deepEqual(rest, { level: 'info', method: 'GET', route: api, status: 200, address: '127.0.0.1', keyId, userId: member.userId })
  })

  it('does not quote URLs in what Fastify itself says', async (t) => {
    let text = ''
    const { app } = buildServer(testConfig({ logLevel: 'debug' }), { write: (lines) => (text += lines) }, createMetrics())
    t.after(() => app.close())
    app.get('/twice/:secret', (_request, reply) => {
      reply.send('one')
      reply.send('two')
    })
    await app.inject({ url: '/twice/marker' })
    await untilTold()
    assert.match(text, /FST_ERR_REP_ALREADY_SENT/)
    assert.doesNotMatch(text, /marker/)
  })

  it('keeps of an error its name, code, message and place, and of a parser’s only that it was one', () => {
    const error = Object.assign(new Error('duplicate key value'), {
      code: '23505',
      detail: 'Key (email)=(ada@example.test)',
      parameters: ['x'],
    })
    const { stack, ...kept } = errorForLog(new Error('outer', { cause: error }))
    assert.match(stack!, /^\s+at /)
    assert.deepEqual(
      { ...kept, cause: { ...kept.cause, stack: '' } },
      {
        name: 'Error',
        message: 'outer',
        cause: { name: 'Error', code: '23505', message: 'duplicate key value', stack: '' },
      },
    )
    assert.equal(errorForLog(new SyntaxError('Unexpected token in "my secret"')).message, undefined)
    assert.deepEqual(errorForLog('a text'), { name: 'string' })
  })

  it('blots out a secret that got into a message', async (t) => {
    let text = ''
    const { app } = buildServer(testConfig({ logLevel: 'info' }), { write: (lines) => (text += lines) }, createMetrics())
    t.after(() => app.close())
    app.log.error(`cannot use leafpad_${'a1'.repeat(24)}b`)
    await untilTold()
    assert.match(text, /cannot use leafpad_…"/)
  })
})
