import { StandbyError } from './primary-pool.ts'
import { TurnTimeoutError } from './turn.ts'
import { SyncFailedError } from './wal-sync.ts'

/**
 * SQLSTATE classes and codes of PostgreSQL that say "not now", whatever was asked: connection lost (08), resources (53), shutdown
 * and start (57P), a lock or statement that timed out, a transaction that lost against another, a server that has become read-only
 * after a failover, an input/output error. https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const postgresStates = /^(08...|53...|57P..|57014|55P03|40001|40P01|25006|25P03|58030)$/

/** Result codes of SQLite, likewise: BUSY, LOCKED, READONLY, IOERR, FULL, CANTOPEN. https://sqlite.org/rescode.html */
const sqliteCodes: ReadonlySet<number> = new Set([5, 6, 8, 10, 13, 14])

const networkCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
])

/** What pg, its pool and Kysely say without a code. */
const postgresMessages =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Client has encountered a connection error|Cannot use a pool after|Client was closed|Query read timeout|driver has already been destroyed)/

/**
 * Whether an error says that the database cannot be asked at present, not that something was asked wrongly. The request is then
 * answered `503`; whether what it asked was done may be unknown.
 */
export function isUnavailable(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > 3) return false
  if (error instanceof TurnTimeoutError || error instanceof SyncFailedError || error instanceof StandbyError) return true
  const { code, errcode, syscall } = error as { code?: unknown; errcode?: unknown; syscall?: unknown }
  if (typeof errcode === 'number' && sqliteCodes.has(errcode & 0xff)) return true
  if (typeof code === 'string') {
    if (postgresStates.test(code) && 'severity' in error) return true
    // With the name of a system call it is a socket's: a client's own comes without.
    if (networkCodes.has(code) && syscall !== undefined) return true
  }
  return postgresMessages.test(error.message) || isUnavailable(error.cause, depth + 1)
}
