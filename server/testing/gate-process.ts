import { openGate } from '../admission/open-gate.ts'
import { createQueue, type Queue } from '../admission/queue.ts'
import type { Asked } from '../admission/verdict.ts'
import { openDatabase } from '../database/database.ts'

/** A request as its client saw it. Times are of the machine's monotonic clock, the same in every process: nanoseconds. */
export interface Seen {
  readonly begunAt: bigint
  readonly begunAtMs: number
  readonly secretHash: string
  /** `admitted`, a refusal's code, or `unknown` when there was no verdict. */
  readonly answer: string
  readonly day: string | undefined
}

export interface Flood {
  readonly asked: readonly Asked[]
  /** Requests in all, taken from `asked` in turn. */
  readonly count: number
  /** Requests under way at once. */
  readonly connections: number
}

export type Command =
  | { readonly open: { readonly location: string; readonly quota: number } }
  | { readonly flood: Flood }
  | { readonly clockOffsetMs: number }
  | { readonly close: true }
  | { readonly stop: true }

/**
 * A server's admission without its HTTP, in a process of its own: `fork(gate-process.ts)`, then commands by message, each answered by
 * one message save the last, which ends it. It has one database at a time, and its clock moves with that alone.
 */
if (process.send !== undefined && process.argv[1] === import.meta.filename) {
  let opened: ReturnType<typeof open> | undefined
  const answer = (seen: Seen[]) => process.send?.(seen)

  process.on('message', async (command: Command) => {
    if ('open' in command) opened = open(command.open.location, command.open.quota)
    else if ('clockOffsetMs' in command) opened!.moveClock(command.clockOffsetMs)
    else if ('flood' in command) return answer(await flood(opened!.queue, command.flood))
    else {
      await opened?.close()
      opened = undefined
      if ('stop' in command) return process.disconnect?.()
    }
    answer([])
  })
  answer([])

  function open(location: string, quota: number) {
    let clockOffsetMs = 0
    const database = openDatabase({ location, clockOffsetMs: () => clockOffsetMs })
    const gate = openGate(database, { dailyQuota: quota })
    const queue = createQueue({ gate })
    return {
      queue,
      moveClock(offsetMs: number) {
        clockOffsetMs = offsetMs
      },
      async close() {
        await queue.close()
        await gate.close()
        await database.close()
      },
    }
  }

  async function flood(queue: Queue, { asked, count, connections }: Flood): Promise<Seen[]> {
    const seen: Seen[] = []
    let next = 0
    async function client() {
      while (next < count) {
        const request = asked[next++ % asked.length]!
        const begunAt = process.hrtime.bigint()
        const begunAtMs = Date.now()
        const { outcome, day } = await queue.decide(request).then(
          (verdict) => ({ outcome: verdict.admitted ? 'admitted' : verdict.code, day: 'count' in verdict ? verdict.count.day : undefined }),
          () => ({ outcome: 'unknown', day: undefined }),
        )
        seen.push({ begunAt, begunAtMs, secretHash: request.secretHash, answer: outcome, day })
      }
    }
    await Promise.all(Array.from({ length: connections }, client))
    return seen
  }
}
