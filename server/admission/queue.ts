import type { Gate } from './gate.ts'
import type { Asked, Verdict } from './verdict.ts'

/** Rejected with when too many wait already. Nothing was counted. */
export class QueueFullError extends Error {
  override name = 'QueueFullError'
}

export interface QueueOptions {
  readonly gate: Gate
  /** Requests that may wait at once, all keys together; default 10,000. */
  readonly maxWaiting?: number
  /** Requests that may wait at once with the same secret; default a quarter of `maxWaiting`. */
  readonly maxWaitingPerSecret?: number
  /** Requests decided together; default 512. */
  readonly maxBatch?: number
}

export interface Queue {
  /**
   * The verdict for one request, decided together with what else is waiting. Rejects with QueueFullError when too much waits
   * (all in all, or with this secret, so that a flood on one key turns no other away) and with GateUnavailableError when there
   * is no verdict.
   */
  decide(asked: Asked): Promise<Verdict>
  /** How many wait for their batch. */
  waiting(): number
  /** Resolves when all that was asked is answered. */
  close(): Promise<void>
}

interface Waiting {
  readonly asked: Asked
  resolve(verdict: Verdict): void
  reject(error: unknown): void
}

/** So many requests make a batch that is worth sending beside another: what a batch costs whatever its size is shared out among them. */
const worthItsOwn = 64

/**
 * Collects requests into batches (group commit). Idle, it waits for nothing but the end of the event loop's turn, so a lone
 * request pays one commit. While a batch is under way, what arrives waits and makes the next one; that goes beside it only if it is
 * large, and as far as the gate allows. First come, first served.
 */
export function createQueue({
  gate,
  maxWaiting = 10_000,
  maxWaitingPerSecret = Math.ceil(maxWaiting / 4),
  maxBatch = 512,
}: QueueOptions): Queue {
  let waiting: Waiting[] = []
  /** How many wait with each secret; undefined while too few wait for any to have its share. */
  let waitingBySecret: Map<string, number> | undefined
  let inFlight = 0
  let scheduled = false
  let drained: (() => void) | undefined

  function decide(asked: Asked): Promise<Verdict> {
    const ofSecret = waiting.length < maxWaitingPerSecret ? 0 : countWaiting(asked.secretHash)
    if (waiting.length >= maxWaiting) return Promise.reject(new QueueFullError('too many requests wait for a verdict'))
    if (ofSecret >= maxWaitingPerSecret) return Promise.reject(new QueueFullError('too many requests with this key wait for a verdict'))
    waitingBySecret?.set(asked.secretHash, ofSecret + 1)
    return new Promise((resolve, reject) => {
      waiting.push({ asked, resolve, reject })
      schedule()
    })
  }

  function countWaiting(secretHash: string): number {
    if (waitingBySecret === undefined) {
      waitingBySecret = new Map()
      for (const { asked } of waiting) waitingBySecret.set(asked.secretHash, (waitingBySecret.get(asked.secretHash) ?? 0) + 1)
    }
    return waitingBySecret.get(secretHash) ?? 0
  }

  function mayGo(): boolean {
    return inFlight === 0 ? waiting.length > 0 : waiting.length >= worthItsOwn && inFlight < gate.maxInFlight
  }

  function schedule() {
    if (scheduled || !mayGo()) return
    scheduled = true
    setImmediate(go)
  }

  function go() {
    scheduled = false
    dispatch()
  }

  function dispatch() {
    if (!mayGo()) return
    const batch = waiting.length <= maxBatch ? waiting : waiting.slice(0, maxBatch)
    waiting = waiting.length <= maxBatch ? [] : waiting.slice(maxBatch)
    leave(batch)
    inFlight++
    answer(batch)
    schedule()
  }

  function leave(batch: readonly Waiting[]) {
    if (waiting.length < maxWaitingPerSecret) waitingBySecret = undefined
    if (waitingBySecret === undefined) return
    for (const { asked } of batch) {
      const left = waitingBySecret.get(asked.secretHash)! - 1
      if (left === 0) waitingBySecret.delete(asked.secretHash)
      else waitingBySecret.set(asked.secretHash, left)
    }
  }

  async function answer(batch: readonly Waiting[]) {
    const outcome = await gate.decide(batch.map(({ asked }) => asked)).then(
      (verdicts) => ({ verdicts }),
      (error: unknown) => ({ error }),
    )
    inFlight--
    if ('error' in outcome) for (const { reject } of batch) reject(outcome.error)
    else for (let position = 0; position < batch.length; position++) batch[position]!.resolve(outcome.verdicts[position]!)
    if (inFlight === 0 && waiting.length === 0) drained?.()
    // Who has an answer often asks again at once. A whole turn of the event loop lets those requests into the next batch too.
    if (scheduled) return
    scheduled = true
    setImmediate(() => setImmediate(go))
  }

  return {
    decide,
    waiting: () => waiting.length,
    close: () =>
      inFlight === 0 && waiting.length === 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            drained = resolve
          }),
  }
}
