import { type Kysely, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { type ColumnTypes, postgresTypes, sqliteTypes } from './column-types.ts'
import type { Database } from './database.ts'
import * as accounts from './migrations/0001-accounts.ts'
import * as keys from './migrations/0002-keys.ts'
import * as knowledgeBase from './migrations/0003-knowledge-base.ts'
import * as tally from './migrations/0004-tally.ts'
import * as revocationReasons from './migrations/0005-revocation-reasons.ts'
import * as rotation from './migrations/0006-rotation.ts'
import * as audit from './migrations/0007-audit.ts'
import * as limits from './migrations/0008-limits.ts'
import * as history from './migrations/0009-history.ts'
import * as notices from './migrations/0010-notices.ts'
import * as lastGranted from './migrations/0011-last-granted.ts'
import * as gateIndexes from './migrations/0012-gate-indexes.ts'
import * as tallyEnd from './migrations/0013-tally-end.ts'
import * as keyRowid from './migrations/0014-key-rowid.ts'
import { openPatientPostgres } from './postgres.ts'

interface NumberedMigration {
  up(kysely: Kysely<unknown>, types: ColumnTypes): Promise<void>
}

/** In order. A released migration is never changed: a database that has run it would not get the change. */
const migrations: Record<string, NumberedMigration> = {
  '0001-accounts': accounts,
  '0002-keys': keys,
  '0003-knowledge-base': knowledgeBase,
  '0004-tally': tally,
  '0005-revocation-reasons': revocationReasons,
  '0006-rotation': rotation,
  '0007-audit': audit,
  '0008-limits': limits,
  '0009-history': history,
  '0010-notices': notices,
  '0011-last-granted': lastGranted,
  '0012-gate-indexes': gateIndexes,
  '0013-tally-end': tallyEnd,
  '0014-key-rowid': keyRowid,
}

/** Thrown for a database that a newer program has migrated. */
export class NewerDatabaseError extends Error {
  override name = 'NewerDatabaseError'
}

/**
 * Brings the database to this program's schema and returns the names of what was run, in order. Processes that start together
 * wait for one of them to do it. Throws NewerDatabaseError, having changed nothing, for a database newer than the program.
 */
export async function migrate(database: Database): Promise<string[]> {
  const types = database.kind === 'postgres' ? postgresTypes : sqliteTypes
  const provided = Object.entries(migrations).map(([name, { up }]) => [name, { up: (kysely: Kysely<unknown>) => up(kysely, types) }])
  const patient = database.kind === 'postgres' ? openPatientPostgres(database.url) : undefined
  const migrator = new Migrator({
    db: patient?.kysely ?? database.kysely,
    provider: { getMigrations: async () => Object.fromEntries(provided) },
    migrationTableName: 'migration',
    migrationLockTableName: 'migrationLock',
  })
  // SQLite makes a table anew by dropping it, and with it would go what references its rows (https://sqlite.org/lang_altertable.html#otheralter).
  if (database.kind === 'sqlite') await sql`pragma foreign_keys = off`.execute(database.kysely)
  const { error, results = [] } = await migrator.migrateToLatest().finally(async () => {
    if (database.kind === 'sqlite') await sql`pragma foreign_keys = on`.execute(database.kysely)
    await patient?.close()
  })
  if (error === undefined) {
    // The log stays as large as it once was until the database is closed: after a table of millions of rows was made anew, gigabytes.
    if (database.kind === 'sqlite' && results.length > 0) await sql`pragma wal_checkpoint(truncate)`.execute(database.kysely)
    return results.map((result) => result.migrationName)
  }
  const missing = /previously executed migration (\S+) is missing/.exec(error instanceof Error ? error.message : '')
  if (missing === null) throw error
  throw new NewerDatabaseError(
    `The database was migrated by a newer LeafPad (it has "${missing[1]}", this program knows up to "${Object.keys(migrations).at(-1)}"). Run that version or a newer one.`,
  )
}
