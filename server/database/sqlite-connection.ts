import { DatabaseSync } from 'node:sqlite'

/** SQLite's result code for a lock that somebody else holds: nothing was done (https://sqlite.org/rescode.html#busy). */
const sqliteBusy = 5

/** How long opening waits for other processes that open the same new file, and how often it looks. */
const maxOpeningMs = 5_000
const pauseMs = 5

/**
 * A connection to the database file, made if it is missing: write-ahead log, foreign keys enforced. A statement does not wait while another
 * process holds the lock, but fails. The caller closes it.
 */
export function openSqliteConnection(file: string): DatabaseSync {
  const connection = new DatabaseSync(file)
  const until = performance.now() + maxOpeningMs
  while (!keepsLog(connection)) {
    if (performance.now() > until) throw Object.assign(new Error('database is locked'), { errcode: sqliteBusy })
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs)
  }
  connection.exec('PRAGMA foreign_keys = ON')
  return connection
}

/** Puts the file into the mode with a write-ahead log. False when others do the same now: SQLite does not wait for that, as two could wait for each other. */
function keepsLog(connection: DatabaseSync): boolean {
  try {
    connection.exec('PRAGMA journal_mode = WAL')
    return true
  } catch (error) {
    if ((((error as { errcode?: number }).errcode ?? 0) & 0xff) !== sqliteBusy) throw error
    return false
  }
}
