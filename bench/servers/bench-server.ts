import type { FastifyInstance } from 'fastify'
import { createMetrics } from '../../server/http/metrics.ts'
import { buildServer } from '../../server/http/server.ts'
import { testConfig } from '../../server/testing/test-config.ts'

/** Everything as shipped, but a quota and room for documents that a bench cannot reach. */
export const benchConfig = testConfig({ dailyQuota: 1_000_000_000, maxStorageBytes: Number.MAX_SAFE_INTEGER, logLevel: 'info' })

/** What all servers of a bench share: the product's HTTP server with its log and metrics. */
export function benchServer() {
  const metrics = createMetrics()
  return { ...buildServer(benchConfig, log, metrics), metrics }
}

export const log = { write: (text: string) => void process.stdout.write(text) }

/** The handler of every server: a small JSON object. */
export const answer = {
  options: {
    schema: {
      response: { 200: { type: 'object', properties: { id: { type: 'string' }, name: { type: 'string' }, size: { type: 'integer' } } } },
    },
  },
  handler: async () => ({ id: 'doc_5fJ2mQ8xTz', name: 'handbook.txt', size: 1234 }),
}

/** Listens, tells whoever started this process where, and ends with it. */
export async function listen(app: Pick<FastifyInstance, 'listen'>): Promise<void> {
  process.on('disconnect', () => process.exit())
  const url = await app.listen({ host: '127.0.0.1', port: 0, listenTextResolver: () => 'listening' })
  process.send!({ port: Number(new URL(url).port) })
}
