/**
 * The load, in a process of its own that main.ts holds to a core of its own: whole requests over kept-alive connections, one at a time on
 * each. It must cost less than the server it loads, so it looks at no more of an answer than its status and its length, and makes
 * nothing for a request but its time.
 */
import { connect } from 'node:net'

export interface Load {
  /** Connections are spread over them. */
  readonly ports: readonly number[]
  /** Whole requests, sent in turn over all connections. */
  readonly requests: readonly string[]
  readonly connections: number
  readonly durationMs: number
}

export interface LoadResult {
  /** Answers that were 2xx. */
  readonly answered: number
  /** Answers that were not; they count nowhere else. */
  readonly failed: number
  readonly requestsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** The share of the time in which the load itself was busy: at 1 it is what limits. */
  readonly loadBusy: number
}

/** More than any answer of a bench has. */
const maxAnswerBytes = 65_536

const headEnd = Buffer.from('\r\n\r\n')
const lengthName = Buffer.from('ength: ')
const zero = 48

async function runLoad({ ports, requests, connections, durationMs }: Load): Promise<LoadResult> {
  const buffers = requests.map((request) => Buffer.from(request))
  const latenciesMs: number[] = []
  let failed = 0
  let next = 0
  const cpuBefore = process.cpuUsage()
  const beganAt = performance.now()
  const endsAt = beganAt + durationMs
  await Promise.all(Array.from({ length: connections }, (_, index) => client(ports[index % ports.length]!)))
  const seconds = (performance.now() - beganAt) / 1_000
  const { user, system } = process.cpuUsage(cpuBefore)
  const sorted = Float64Array.from(latenciesMs).sort()
  const percentile = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
  return {
    answered: sorted.length,
    failed,
    requestsPerSecond: sorted.length / seconds,
    p50Ms: percentile(0.5),
    p99Ms: percentile(0.99),
    loadBusy: (user + system) / 1e6 / seconds,
  }

  function client(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const pending = Buffer.alloc(maxAnswerBytes)
      let length = 0
      let sentAt = 0
      let done = false
      const send = () => {
        sentAt = performance.now()
        socket.write(buffers[next++ % buffers.length]!)
      }
      const onAnswer = (isSuccess: boolean) => {
        const now = performance.now()
        if (isSuccess) latenciesMs.push(now - sentAt)
        else failed++
        if (now < endsAt) return send()
        done = true
        socket.destroy()
        resolve()
      }
      const onData = (size: number, chunk: Uint8Array) => {
        // Nearly every answer comes in one piece; only a part of one is copied.
        let answer = chunk as Buffer
        let end = size
        if (length > 0) {
          pending.set(chunk.subarray(0, size), length)
          answer = pending
          end = length + size
        }
        if (answerLength(answer, end) > end) {
          if (length === 0) pending.set(chunk.subarray(0, size))
          length = end
        } else {
          length = 0
          onAnswer(answer[9] === zero + 2)
        }
        return true
      }
      const socket = connect({ port, host: '127.0.0.1', noDelay: true, onread: { buffer: Buffer.alloc(maxAnswerBytes), callback: onData } })
      socket.on('connect', send)
      socket.on('error', reject)
      socket.on('close', () => {
        if (!done) reject(new Error('The server closed a connection.'))
      })
    })
  }
}

/** How long the answer is that begins the buffer; infinite while its head is not there. */
function answerLength(buffer: Buffer, end: number): number {
  const head = buffer.indexOf(headEnd)
  if (head < 0 || head >= end) return Number.POSITIVE_INFINITY
  let at = buffer.indexOf(lengthName)
  if (at < 0 || at > head) throw new Error('An answer has no Content-Length.')
  let length = 0
  for (at += lengthName.length; buffer[at]! >= zero; at++) length = length * 10 + buffer[at]! - zero
  return head + headEnd.length + length
}

process.on('message', (load: Load) => {
  runLoad(load).then(
    (result) => process.send!({ result }),
    (error: Error) => process.send!({ error: error.message }),
  )
})
