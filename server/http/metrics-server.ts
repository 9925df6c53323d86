import { createServer, type Server } from 'node:http'
import { type Metrics, metricsContentType } from './metrics.ts'

/** A server of its own that answers `GET /metrics` without asking who it is; listen only where no stranger comes. */
export function buildMetricsServer(metrics: Metrics): Server {
  return createServer(async (request, response) => {
    if (request.url !== '/metrics' || (request.method !== 'GET' && request.method !== 'HEAD')) {
      response.writeHead(404).end()
      return
    }
    try {
      const text = await metrics.text()
      response.writeHead(200, { 'content-type': metricsContentType }).end(text)
    } catch {
      response.writeHead(500).end()
    }
  })
}
