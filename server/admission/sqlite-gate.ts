import type { SqliteDatabase } from '../database/database.ts'
import { groupBatch, judge } from './batch.ts'
import { type Gate, GateUnavailableError } from './gate.ts'
import { createSqliteDecider } from './sqlite-batch.ts'
import type { Asked, Verdict } from './verdict.ts'

/** One that is synced to disk while the next is decided; the queue sends it only if it is large. */
const maxInFlight = 2

/** How long nobody must have asked for the tally to be folded. */
const idleMs = 1_000

/** The gate of the embedded database: one transaction a batch, in turn with all others that use the file. */
export function createSqliteGate(database: SqliteDatabase, quota: number): Gate {
  const decider = createSqliteDecider(database)
  let asked = 0
  const idle = setTimeout(() => void fold(), idleMs).unref()

  async function decide(batch: readonly Asked[]): Promise<Verdict[]> {
    asked++
    const groups = groupBatch(batch)
    try {
      const { result, onDisk } = await decider.decide(groups, quota, database.clockOffsetMs())
      // While the disk takes it, for which the thread would wait.
      const verdicts = judge(groups, result)
      await onDisk
      return verdicts
    } catch (error) {
      throw new GateUnavailableError('the embedded database could not be asked', { cause: error })
    } finally {
      idle.refresh()
    }
  }

  /** What cannot be folded now stays in the tally, where it counts as well. A part at a time, until somebody asks, who waits for no more than one. */
  async function fold() {
    const askedBefore = asked
    for (let isMore = true; isMore && asked === askedBefore; ) isMore = await decider.fold().catch(() => false)
  }

  return {
    maxInFlight,
    decide,
    async close() {
      clearTimeout(idle)
      await fold()
    },
  }
}
