import { sql } from 'kysely'
import type { Database } from '../database/database.ts'
import { dayOf } from './day.ts'
import type { Refused } from './verdict.ts'

const writeEveryMs = 1_000

/** Keys and reasons counted between two writes; what would go beyond is not counted. */
const maxEntries = 10_000

export interface Refusals {
  /** Counts a refusal of a known key; costs no write now. */
  count(refused: Refused): void
  /** Writes what was counted since the last write. Never rejects: what could not be written is tried with the next. */
  write(): Promise<void>
  /** Writes a last time and ends. */
  close(): Promise<void>
}

/**
 * Counts refused requests by key, day and reason in memory and writes them once a second: a refusal must not cost what an
 * admission costs. The figures may lag by a second, and a crash loses that second.
 * @param now the process's clock in milliseconds; what is refused has no exact day
 */
export function createRefusals(database: Database, now: () => number): Refusals {
  let counts = new Map<string, { keyId: string; day: string; code: string; count: number }>()
  const timer = setInterval(() => void write(), writeEveryMs)
  timer.unref()

  function count(refused: Refused) {
    if (refused.code === 'invalid_key') return
    add({ keyId: refused.key.keyId, day: dayOf(now()), code: refused.code, count: 1 })
  }

  function add(row: { keyId: string; day: string; code: string; count: number }) {
    const name = `${row.keyId} ${row.day} ${row.code}`
    const entry = counts.get(name)
    if (entry !== undefined) entry.count += row.count
    else if (counts.size < maxEntries) counts.set(name, { ...row })
  }

  async function write() {
    if (counts.size === 0) return
    const rows = [...counts.values()]
    counts = new Map()
    try {
      await database.kysely.transaction().execute(async (transaction) => {
        // In one order everywhere, so that two servers that write the same rows do not wait for each other in a circle.
        for (const { keyId, day, code, count } of rows.sort((a, b) => (a.keyId + a.day + a.code < b.keyId + b.day + b.code ? -1 : 1))) {
          await transaction
            .insertInto('refusal')
            .columns(['keyId', 'day', 'code', 'count'])
            // A key whose organization was deleted meanwhile has no history to add to.
            .expression((from) =>
              from
                .selectFrom('key')
                .select(['key.id', sql.val(day).$castTo<string>().as('day'), sql.val(code).as('code'), sql.val(count).as('count')])
                .where('key.id', '=', keyId),
            )
            .onConflict((conflict) =>
              conflict
                .columns(['keyId', 'day', 'code'])
                .doUpdateSet({ count: (row) => row('refusal.count', '+', row.ref('excluded.count')) }),
            )
            .execute()
        }
      })
    } catch {
      for (const row of rows) add(row)
    }
  }

  return {
    count,
    write,
    async close() {
      clearInterval(timer)
      await write()
    },
  }
}
