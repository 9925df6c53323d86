import { once } from 'node:events'
import { Agent, createServer, request as requestOf, type Server } from 'node:http'
import type { TestContext } from 'node:test'
import { atEnd } from './at-end.ts'

const pollMs = 50

/**
 * A proxy that sends each request to one of the copies of the server that said they are ready when they were last asked, in
 * turn, over connections that it keeps. What a copy does not answer is a 502, and is not tried at another.
 */
export async function openReadyProxy(t: Pick<TestContext, 'after'>, ports: readonly number[]) {
  const ready = new Set<number>()
  const changed = new EventTarget()
  const agent = new Agent({ keepAlive: true })
  let next = 0

  async function ask(port: number) {
    const isReady = await fetch(`http://127.0.0.1:${port}/readyz`).then(
      ({ status }) => status === 200,
      () => false,
    )
    if (isReady) ready.add(port)
    else ready.delete(port)
    changed.dispatchEvent(new Event('asked'))
  }
  const polls = ports.map((port) => setInterval(() => void ask(port), pollMs))

  const server: Server = createServer((request, response) => {
    const port = [...ready][next++ % ready.size]
    if (port === undefined) return response.writeHead(502).end('no copy is ready')
    const { method, url, headers } = request
    const forwarded = requestOf({ host: '127.0.0.1', port, method, path: url, headers, agent }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers)
      answer.pipe(response)
    })
    forwarded.on('error', (error) => response.writeHead(502).end(`the copy did not answer: ${error.message}`))
    request.pipe(forwarded)
  }).listen(0, '127.0.0.1')
  // No connection to the proxy is ever closed while a client may just be using it again.
  server.keepAliveTimeout = 0
  await once(server, 'listening')
  atEnd(t, () => {
    for (const poll of polls) clearInterval(poll)
    agent.destroy()
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    /** Resolves when just these copies are ready. */
    async until(wanted: readonly number[]) {
      while (ready.size !== wanted.length || !wanted.every((port) => ready.has(port))) await once(changed, 'asked')
    },
  }
}
