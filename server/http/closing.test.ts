import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { testConfig } from '../testing/test-config.ts'
import { healthRoutes } from './health-routes.ts'
import { createMetrics } from './metrics.ts'
import { buildServer } from './server.ts'

/** A listening server with a route that answers when it is let, and connections to it that are kept alive. */
async function openServer(test: TestContext, closeGraceMs: number) {
  const metrics = createMetrics()
  const { app, isLeaving } = buildServer(testConfig({ closeGraceMs }), { write() {} }, metrics)
  const arrived = Promise.withResolvers<void>()
  const gate = Promise.withResolvers<void>()
  app.get('/quick', () => ({ quick: true }))
  app.get('/slow', async () => {
    arrived.resolve()
    await gate.promise
    return { slow: true }
  })
  // Closing, it is not the database that is asked.
  healthRoutes(app, { database: undefined as never, metrics, metricsToken: null, isLeaving })
  await app.listen({ host: '127.0.0.1', port: 0 })
  test.after(() => gate.resolve())
  const { port } = app.server.address() as { port: number }
  function openConnection() {
    const socket = connect(port, '127.0.0.1')
    let answers = ''
    socket.setEncoding('latin1').on('data', (text) => (answers += text))
    const ended = new Promise<string>((resolve) => socket.on('error', () => {}).on('close', () => resolve(answers)))
    return { ask: (path: string) => socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`), ended }
  }
  return { app, arrived: arrived.promise, letGo: gate.resolve, openConnection }
}

describe('closing', () => {
  for (const path of ['/quick', '/readyz']) {
    it(`answers what is in flight, then ${path} on the same connection with shutting_down and the end of the connection`, async (t) => {
      const { app, arrived, letGo, openConnection } = await openServer(t, 60_000)
      const { ask, ended } = openConnection()
      ask('/slow')
      await arrived
      const closed = app.close()
      ask(path)
      // The end of the connection comes with the second answer, so the first is let go only once that has been asked.
      await new Promise((resolve) => app.server.once('request', resolve))
      letGo()
      const [, first, second] = (await ended).split('HTTP/1.1 ')
      assert.match(first!, /^200 OK[\s\S]*\{"slow":true\}$/)
      assert.match(second!, /^503 [\s\S]*connection: close[\s\S]*"code":"shutting_down"/i)
      await closed
    })
  }

  it('still says that it is alive', async (t) => {
    const { app, arrived, letGo, openConnection } = await openServer(t, 60_000)
    const { ask, ended } = openConnection()
    ask('/slow')
    await arrived
    const closed = app.close()
    ask('/healthz')
    await new Promise((resolve) => app.server.once('request', resolve))
    letGo()
    assert.match((await ended).split('HTTP/1.1 ')[2]!, /^200 OK[\s\S]*"ok"/)
    await closed
  })

  it('does not wait for connections that are kept alive, idle before or after', async (t) => {
    const { app, arrived, letGo, openConnection } = await openServer(t, 60_000)
    const [idle, busy] = [openConnection(), openConnection()]
    idle.ask('/quick')
    busy.ask('/slow')
    await arrived
    const closed = app.close()
    letGo()
    assert.match(await busy.ended, /\{"slow":true\}$/)
    assert.match(await idle.ended, /\{"quick":true\}$/)
    await closed
  })

  it('cuts off what is still in flight after the grace', async (t) => {
    const { app, arrived, openConnection } = await openServer(t, 10)
    const { ask, ended } = openConnection()
    ask('/slow')
    await arrived
    await app.close()
    assert.equal(await ended, '')
  })
})
