import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openTestApp } from '../testing/test-app.ts'
import { databaseKinds } from '../testing/test-database.ts'
import { buildMetricsServer } from './metrics-server.ts'

for (const kind of databaseKinds) {
  describe(`health on ${kind}`, () => {
    it('is told without a key, and is not logged', async (t) => {
      const { app, log } = await openTestApp(kind, t)
      assert.deepEqual((await app.inject({ url: '/healthz' })).json(), { status: 'ok' })
      assert.deepEqual((await app.inject({ url: '/readyz' })).json(), { status: 'ready' })
      assert.deepEqual(await log(), [])
    })

    it('is not ready, but alive, when the database cannot be asked', async (t) => {
      const { app, database, log } = await openTestApp(kind, t)
      await database.close()
      const ready = await app.inject({ url: '/readyz' })
      assert.deepEqual([ready.statusCode, ready.json().code], [503, 'database_unavailable'])
      assert.match(ready.json().detail, /cannot be asked/)
      assert.equal((await app.inject({ url: '/healthz' })).statusCode, 200)
      const [line, ...others] = (await log()) as { code: string; error: { message: string } }[]
      assert.deepEqual([line!.code, others], ['database_unavailable', []])
      assert.match(line!.error.message, /already been destroyed|after calling end/)
    })
  })
}

describe('metrics', () => {
  const metricsToken = 'a-token-of-some-length'

  it('are there only for who has the token', async (t) => {
    const { app } = await openTestApp('sqlite', t, { config: { metricsToken } })
    const ask = (authorization?: string) => app.inject({ url: '/metrics', headers: authorization === undefined ? {} : { authorization } })
    assert.deepEqual([(await ask()).statusCode, (await ask()).json().code], [401, 'invalid_metrics_token'])
    assert.equal((await ask('Bearer wrong')).statusCode, 401)
    assert.equal((await ask(`Basic ${metricsToken}`)).statusCode, 401)
    const { statusCode, headers, body } = await ask(`Bearer ${metricsToken}`)
    assert.equal(statusCode, 200)
    assert.match(String(headers['content-type']), /^text\/plain; version=0\.0\.4/)
    assert.match(body, /process_cpu_seconds_total/)
  })

  it('are not there without one being set', async (t) => {
    const { app } = await openTestApp('sqlite', t)
    assert.equal((await app.inject({ url: '/metrics' })).statusCode, 404)
  })

  it('count requests by route pattern, admissions, and refusals by code; never by id', async (t) => {
    const { app, signedInAs, generateKey } = await openTestApp('sqlite', t)
    const { secret, keyId } = await generateKey(await signedInAs())
    const headers = { 'x-api-key': secret }
    await app.inject({ url: '/api/public/v1/knowledge-base/doc_1', headers })
    await app.inject({ url: '/api/public/v1/knowledge-base/doc_2', headers })
    await app.inject({ url: '/api/public/v1/me', headers: { 'x-api-key': 'unknown' } })
    await app.inject({ url: '/nowhere/in/particular' })
    const text = await app.metrics.text()
    assert.match(text, /request_duration_seconds_count\{method="GET",route="\/api\/public\/v1\/knowledge-base\/:id",status="404"\} 2/)
    assert.match(text, /request_duration_seconds_count\{method="GET",route="none",status="404"\} 1/)
    assert.match(text, /leafpad_admissions_total 2/)
    assert.match(text, /leafpad_refusals_total\{code="invalid_key"\} 1/)
    assert.match(text, /leafpad_admission_queue_requests 0/)
    assert.match(text, /leafpad_admission_batch_requests_count 2/)
    for (const id of ['doc_', keyId, 'particular']) assert.ok(!text.includes(id), id)
  })

  it('can have a port of their own', async (t) => {
    const { app } = await openTestApp('sqlite', t)
    const server = buildMetricsServer(app.metrics)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    t.after(() => server.close())
    const { port } = server.address() as { port: number }
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`)
    assert.match(await answer.text(), /leafpad_admissions_total 0/)
    assert.equal((await fetch(`http://127.0.0.1:${port}/api/public/v1/me`)).status, 404)
  })
})
