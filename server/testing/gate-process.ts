import { openGate } from '../admission/open-gate.ts'
import { createQueue } from '../admission/queue.ts'
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

export type Command = { readonly flood: Flood } | { readonly clockOffsetMs: number } | { readonly stop: true }

/**
 * A server's admission without its HTTP, in a process of its own: `fork(gate-process.ts, [location, quota])`, then commands by
 * message, each answered by one message.
 */
if (process.send !== undefined && process.argv[1] === import.meta.filename) {
  const [location, quota] = process.argv.slice(2) as [string, string]
  let clockOffsetMs = 0
  const database = openDatabase({ location, clockOffsetMs: () => clockOffsetMs })
  const gate = openGate(database, { dailyQuota: Number(quota) })
  const queue = createQueue({ gate })
  const answer = (seen: Seen[]) => process.send?.(seen)

  process.on('message', async (command: Command) => {
    if ('flood' in command) answer(await flood(command.flood))
    else if ('clockOffsetMs' in command) {
      clockOffsetMs = command.clockOffsetMs
      answer([])
    } else {
      await queue.close()
      await gate.close()
      await database.close()
      process.disconnect?.()
    }
  })
  answer([])

  async function flood({ asked, count, connections }: Flood): Promise<Seen[]> {
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
