import { sql } from 'kysely'
import type { Database } from '../database/database.ts'

/**
 * Resolves once so many of the database's transactions wait for a lock, or `ended` says that there is nothing to wait for. On SQLite at once: there
 * whoever has a transaction has the whole database, and all others wait.
 */
export async function untilWaiting(database: Database, count: number, ended = () => false): Promise<void> {
  if (database.kind === 'sqlite') return
  for (;;) {
    const { rows } = await sql<{ n: number }>`select count(*) as n from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`.execute(database.kysely)
    if (rows[0]!.n >= count || ended()) return
  }
}
