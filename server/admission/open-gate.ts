import type { Database } from '../database/database.ts'
import type { Gate } from './gate.ts'
import { createPostgresGate } from './postgres-gate.ts'
import { createSqliteGate } from './sqlite-gate.ts'

/**
 * The gate of a database.
 * @param dailyQuota admitted requests a key and UTC day
 */
export function openGate(database: Database, { dailyQuota }: { readonly dailyQuota: number }): Gate {
  return database.kind === 'postgres' ? createPostgresGate(database, dailyQuota) : createSqliteGate(database, dailyQuota)
}
