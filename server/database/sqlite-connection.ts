import { DatabaseSync } from 'node:sqlite'

/**
 * A connection to the database file, made if it is missing: write-ahead log, every commit synced to disk before it returns,
 * foreign keys enforced. The caller closes it.
 * @param busyTimeoutMs how long a statement may block its thread while another process holds the lock
 */
export function openSqliteConnection(file: string, busyTimeoutMs: number): DatabaseSync {
  const connection = new DatabaseSync(file, { timeout: busyTimeoutMs })
  connection.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON')
  return connection
}
