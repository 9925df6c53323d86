import { connect, type Socket } from 'node:net'

export interface Load {
  readonly port: number
  /** Whole requests, sent in turn over all connections. */
  readonly requests: readonly string[]
  readonly connections: number
  readonly durationMs: number
}

export interface LoadResult {
  readonly requestsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Answers that were not 2xx; they count nowhere else. */
  readonly failed: number
}

/** Sends requests over kept-alive connections, one at a time on each, and counts the 2xx. */
export async function runLoad({ port, requests, connections, durationMs }: Load): Promise<LoadResult> {
  const latenciesMs: number[] = []
  const buffers = requests.map((request) => Buffer.from(request))
  let failed = 0
  let next = 0
  const startedAt = performance.now()
  const endsAt = startedAt + durationMs
  await Promise.all(Array.from({ length: connections }, client))
  const seconds = (performance.now() - startedAt) / 1_000
  latenciesMs.sort((a, b) => a - b)
  const percentile = (share: number) => latenciesMs[Math.min(latenciesMs.length - 1, Math.floor(latenciesMs.length * share))] ?? Number.NaN
  return { requestsPerSecond: latenciesMs.length / seconds, p50Ms: percentile(0.5), p99Ms: percentile(0.99), failed }

  function client(): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket: Socket = connect(port, '127.0.0.1')
      socket.setNoDelay(true)
      let text = ''
      let sentAt = 0
      const send = () => {
        sentAt = performance.now()
        socket.write(buffers[next++ % buffers.length]!)
      }
      socket.on('connect', send)
      socket.on('error', reject)
      socket.setEncoding('latin1')
      socket.on('data', (chunk) => {
        text += chunk
        const headEnd = text.indexOf('\r\n\r\n')
        if (headEnd < 0) return
        const length = /\r\ncontent-length: (\d+)/i.exec(text)
        if (length === null || text.length < headEnd + 4 + Number(length[1])) return
        const now = performance.now()
        if (text.charCodeAt(9) === 50) latenciesMs.push(now - sentAt)
        else failed++
        text = ''
        if (now < endsAt) return send()
        socket.destroy()
        resolve()
      })
    })
  }
}

process.on('message', async (load: Load) => process.send!(await runLoad(load)))
