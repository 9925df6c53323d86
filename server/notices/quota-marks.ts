import type { Count, FoundKey } from '../admission/verdict.ts'
import type { Database } from '../database/database.ts'
import { readClock } from '../database/database.ts'
import { writeNotices } from './write-notice.ts'

const dayMs = 86_400_000
const writeEveryMs = 1_000

/** Notices that wait for the next write, and those of which it is remembered that they were written. */
const maxRemembered = 10_000

/** A key that has reached a part of its quota on a day. */
interface Reached {
  readonly keyId: string
  readonly userId: string
  readonly organizationId: string
  readonly day: string
  readonly percent: 80 | 100
  readonly quota: number
}

export interface QuotaMarks {
  /** Looks whether a key has reached 80 or 100 % of its quota; costs no write now. */
  look(key: FoundKey, count: Count): void
  /** Has owners told what was found since the last write. Never rejects: what could not be written is tried with the next. */
  write(): Promise<void>
  /** Writes a last time and ends. */
  close(): Promise<void>
}

/**
 * Has the owner of a key told once a day that 80 % of its quota are used, and once that all is. A crash loses what was found in the last
 * second; the next request of the key finds it again.
 */
export function createQuotaMarks(database: Database): QuotaMarks {
  const waiting = new Map<string, Reached>()
  const written = new Set<string>()
  const timer = setInterval(() => void write(), writeEveryMs)
  timer.unref()

  function look({ keyId, userId, organizationId }: FoundKey, { day, used, quota }: Count) {
    if (used * 5 < quota * 4) return
    const percent = used >= quota ? 100 : 80
    const name = `${keyId} ${day} ${percent}`
    if (written.has(name) || waiting.has(name) || waiting.size >= maxRemembered) return
    waiting.set(name, { keyId, userId, organizationId, day, percent, quota })
  }

  async function write() {
    if (waiting.size === 0) return
    const found = new Map(waiting)
    // Who learns that all is used need not learn that nearly all is.
    const reached = [...found.values()].filter(({ keyId, day, percent }) => percent === 100 || !found.has(`${keyId} ${day} 100`))
    try {
      await writeNotices(
        database,
        await readClock(database),
        reached.map(({ keyId, userId, organizationId, day, percent, quota }) => ({
          ...{ kind: 'key_quota', facts: { percent, quota }, to: { userId }, organizationId, keyId },
          ...{ once: `${day} ${percent}`, endsAt: Date.parse(day) + dayMs },
        })),
      )
    } catch {
      return
    }
    if (written.size + found.size > maxRemembered) written.clear()
    for (const name of found.keys()) {
      waiting.delete(name)
      written.add(name)
    }
  }

  return {
    look,
    write,
    async close() {
      clearInterval(timer)
      await write()
    },
  }
}
