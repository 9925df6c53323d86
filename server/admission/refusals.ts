import { sql } from 'kysely'
import type { Database } from '../database/database.ts'
import type { Refused } from './verdict.ts'

const writeEveryMs = 1_000
const deleteEveryMs = 3_600_000

/** 31 days. */
const keptMs = 31 * 86_400_000

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
 * Counts refused requests by key, hour and reason in memory and writes them once a second: a refusal must not cost what an
 * admission costs. The figures may lag by a second, and a crash loses that second.
 * @param now the process's clock in milliseconds; what is refused has no exact hour
 */
export function createRefusals(database: Database, now: () => number): Refusals {
  let counts = new Map<string, { keyId: string; hour: string; code: string; count: number }>()
  const timers = [setInterval(() => void write(), writeEveryMs).unref(), setInterval(() => void deleteOld(), deleteEveryMs).unref()]

  function count(refused: Refused) {
    if (refused.code === 'invalid_key') return
    add({ keyId: refused.key.keyId, hour: hourOf(now()), code: refused.code, count: 1 })
  }

  function add(row: { keyId: string; hour: string; code: string; count: number }) {
    const name = `${row.keyId} ${row.hour} ${row.code}`
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
        for (const { keyId, hour, code, count } of rows.sort((a, b) => (a.keyId + a.hour + a.code < b.keyId + b.hour + b.code ? -1 : 1))) {
          await transaction
            .insertInto('refusal')
            .columns(['keyId', 'hour', 'code', 'count'])
            // A key whose organization was deleted meanwhile has no history to add to.
            .expression((from) =>
              from
                .selectFrom('key')
                .select(['key.id', sql.val(hour).$castTo<string>().as('hour'), sql.val(code).as('code'), sql.val(count).as('count')])
                .where('key.id', '=', keyId),
            )
            .onConflict((conflict) =>
              conflict
                .columns(['keyId', 'hour', 'code'])
                .doUpdateSet({ count: (row) => row('refusal.count', '+', row.ref('excluded.count')) }),
            )
            .execute()
        }
      })
    } catch {
      for (const row of rows) add(row)
    }
  }

  /** What cannot be deleted now is with the next. */
  async function deleteOld() {
    const before = hourOf(now() - keptMs)
    await database.kysely
      .deleteFrom('refusal')
      .where('hour', '<', before)
      .execute()
      .catch(() => {})
  }

  return {
    count,
    write,
    async close() {
      for (const timer of timers) clearInterval(timer)
      await write()
    },
  }
}

/** The UTC hour of an instant: `2026-01-31T13`. */
function hourOf(instantMs: number): string {
  return new Date(instantMs).toISOString().slice(0, 13)
}
