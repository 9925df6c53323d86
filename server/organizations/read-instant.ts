import type { Transaction } from 'kysely'
import { type Database, readClock } from '../database/database.ts'
import type { Tables } from '../database/tables.ts'

/** The database's time, later by `laterMs` (default 0), as the columns of better-auth take it: ISO 8601, UTC, milliseconds. */
export async function readInstant(database: Database, transaction: Transaction<Tables>, laterMs = 0): Promise<string> {
  return new Date((await readClock(database, transaction)) + laterMs).toISOString()
}
