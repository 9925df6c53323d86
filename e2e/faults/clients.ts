import { Agent, request as requestOf } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import type { Cluster } from './cluster.ts'
import type { DatabaseClock } from './database-clock.ts'
import type { Asked, History } from './history.ts'
import { pick } from './random.ts'

/** A key that clients use. */
export interface Subject {
  readonly key: string
  readonly secret: string
  /** Which of the key's secrets it is. */
  readonly number: number
}

/** How long a client waits for an answer before it hangs up. */
const patienceMs = 30_000

/** How many in a hundred hang up in the middle of what they ask, and how soon. */
const hangUpPercent = 3
const hangUpWithinMs = 10

const writePercent = 30
const hotPercent = 35

export interface Clients {
  /** How many requests each copy has decided so far, admitted or refused, in the copies' order. */
  readonly decided: readonly number[]
  /** Resolves when all that was begun is answered or given up. */
  stop(): Promise<void>
}

/** Keeps requests under way with the keys in `hot` and `subjects`, at any of the copies, and writes each into the history. */
export function runClients(
  { cluster, clock, history, random }: { cluster: Cluster; clock: DatabaseClock; history: History; random: () => number },
  keys: { readonly hot: readonly Subject[]; readonly subjects: ReadonlySet<Subject> },
  count: number,
): Clients {
  const agents = cluster.copies.map(() => new Agent({ keepAlive: true }))
  const decided = cluster.copies.map(() => 0)
  let running = true
  let documents = 0

  /** Each stays with one copy, so that one that gives no answer takes none away from the others. */
  async function client(index: number) {
    while (running) {
      const subjects = [...keys.subjects]
      const isHot = subjects.length === 0 || random() * 100 < hotPercent
      await ask(isHot ? pick(random, keys.hot) : pick(random, subjects), index)
    }
  }

  async function ask({ key, secret, number }: Subject, index: number) {
    const writes = random() * 100 < writePercent ? `document-${documents++}.txt` : null
    const hangUpAfterMs = random() * 100 < hangUpPercent ? random() * hangUpWithinMs : undefined
    const begun = performance.now()
    const answer = await send(secret, index, writes, hangUpAfterMs)
    if (answer === 'not sent') return setTimeout(20)
    const ended = performance.now()
    const kind = answer === null ? 'unknown' : kindOf(answer.status)
    if (kind !== 'unknown') decided[index]!++
    const day = answer?.secondsLeft === undefined ? null : clock.dayOf(answer.secondsLeft, begun, ended)
    history.requests.push({ key, secret: number, begun, ended, writes, answer: kind, day })
  }

  function send(secret: string, index: number, writes: string | null, hangUpAfterMs: number | undefined) {
    const { promise, resolve } = Promise.withResolvers<{ status: number; secondsLeft: number | undefined } | null | 'not sent'>()
    const url = `${cluster.copies[index]!.url}/api/public/v1/${writes === null ? 'me' : 'knowledge-base'}`
    const headers = { 'x-api-key': secret, ...(writes !== null && { 'content-type': 'application/json' }) }
    const request = requestOf(url, { method: writes === null ? 'GET' : 'POST', headers, agent: agents[index]! }, (answer) => {
      const reset = answer.headers['x-ratelimit-reset']
      answer.resume().on('error', () => resolve(null))
      answer.on('end', () => resolve({ status: answer.statusCode!, secondsLeft: reset === undefined ? undefined : Number(reset) }))
      answer.on('close', () => resolve(null))
    })
    request.on('error', (error) => resolve((error as NodeJS.ErrnoException).code === 'ECONNREFUSED' ? 'not sent' : null))
    request.end(writes === null ? undefined : JSON.stringify({ text: writes, fileName: writes }))
    const timer = globalThis.setTimeout(() => request.destroy(), hangUpAfterMs ?? patienceMs)
    return promise.finally(() => clearTimeout(timer))
  }

  const clients = Promise.all(Array.from({ length: count }, (_, number) => client(number % agents.length)))
  return {
    decided,
    async stop() {
      running = false
      await clients
      for (const agent of agents) agent.destroy()
    },
  }
}

function kindOf(status: number): Asked['answer'] {
  if (status === 200 || status === 201) return 'admitted'
  if (status === 401 || status === 403) return 'refused'
  if (status === 429) return 'quota_exceeded'
  return status === 503 ? 'unknown' : `unexpected: ${status}`
}
