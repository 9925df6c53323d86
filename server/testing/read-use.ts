import type { UseOfDay } from '../admission/table.ts'
import type { Database } from '../database/database.ts'

const columns = [
  ...(['keyId', 'day', 'used', 'hours'] as const),
  ...(['oddSecret', 'oddUsedAt', 'oddUsedAddress', 'evenSecret', 'evenUsedAt', 'evenUsedAddress'] as const),
]

/** What keys used, a row a key and day in that order, wherever the database has it: of all keys, or of one. */
export async function readUse(database: Database, keyId?: string): Promise<UseOfDay[]> {
  const found = new Map<string, UseOfDay>()
  // In this order: what is moved meanwhile is found where it went.
  for (const table of ['tally', 'usage'] as const) {
    let query = database.kysely.selectFrom(table).select(columns)
    if (keyId !== undefined) query = query.where('keyId', '=', keyId)
    for (const row of await query.execute()) {
      const name = `${row.keyId} ${row.day}`
      if (row.used >= (found.get(name)?.used ?? 0)) found.set(name, row)
    }
  }
  return [...found.keys()].sort().map((name) => found.get(name)!)
}
