import type { Settings } from './config.ts'
import { NewerDatabaseError } from './database/migrate.ts'
import { isUnavailable } from './database/unavailable.ts'
import { LeafPadError } from './errors.ts'
import { Failure } from './failure.ts'
import { ForeignFilesError } from './knowledge-base/claim-files.ts'
import { splitHosts } from './postgres-hosts.ts'
import { maskPassword } from './show-settings.ts'

type Where = Pick<Settings, 'host' | 'port' | 'dataDir' | 'databaseUrl'>

/** Errors whose messages are for who gave the command. */
const sayingItAll = [Failure, LeafPadError, NewerDatabaseError, ForeignFilesError] as const

/** What went wrong and what to do about it, on one line, whatever was thrown. No stack trace, no password. */
export function explainFailure(error: unknown, where: Where): string {
  if (sayingItAll.some((kind) => error instanceof kind)) return (error as Error).message
  const explained =
    explainSocket(error, where) ??
    explainCertificateFile(error, where) ??
    explainFolder(error, where) ??
    explainPostgres(error, where) ??
    explainSqlite(error, where)
  return explained ?? `Something unexpected went wrong: ${oneLine(error)}.`
}

function explainSocket(error: unknown, { host, port }: Where): string | undefined {
  const { code, syscall, port: failedPort = port } = error as NodeJS.ErrnoException & { port?: number }
  if (syscall !== 'listen' && syscall !== 'getaddrinfo') return undefined
  if (code === 'EADDRINUSE') {
    const variable = failedPort === port ? 'LEAFPAD_PORT' : 'LEAFPAD_METRICS_PORT'
    return `Port ${failedPort} of ${host} is taken. Stop the program that has it, or set ${variable} to another port.`
  }
  if (code === 'EACCES') return `This user may not listen on port ${failedPort}. Set LEAFPAD_PORT to one above 1023.`
  if (syscall === 'getaddrinfo' && (error as { hostname?: string }).hostname !== host) return undefined
  return `This machine has no address ${host} to listen on (${code}). Set LEAFPAD_HOST to one it has, such as 127.0.0.1 or 0.0.0.0.`
}

const folderCodes: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write to it',
  EPERM: 'this user may not write to it',
  EROFS: 'its file system is read-only',
  ENOSPC: 'its file system is full',
  EDQUOT: 'the quota of this user on its file system is used up',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EEXIST: 'a part of the path is a file, not a folder',
}

function explainFolder(error: unknown, { dataDir }: Where): string | undefined {
  const { code = '', path } = error as NodeJS.ErrnoException
  const why = folderCodes[code]
  if (why === undefined || path === undefined) return undefined
  return `The data folder ${dataDir} cannot be used: ${why} (${code} at ${path}). Mend that, or set LEAFPAD_DATA_DIR to another folder.`
}

/** By SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const postgresCodes: Readonly<Record<string, string>> = {
  '28P01': 'it refuses the user or the password',
  '28000': 'it refuses the user',
  '3D000': 'it has no such database; make it with createdb',
  '42501': 'the user may not make tables there; make the user the owner of the database',
}

function explainPostgres(error: unknown, { databaseUrl }: Where): string | undefined {
  if (databaseUrl === null) return undefined
  const { code = '', message = '' } = error as { code?: string; message?: string }
  const database = `The database ${maskPassword(databaseUrl)} cannot be used`
  if (/client password must be/.test(message)) {
    return `${database}: it wants a password, and LEAFPAD_DATABASE_URL has none. Write it as postgres://user:password@host:5432/database.`
  }
  if (/does not support SSL/.test(message)) {
    return `${database}: it does not speak TLS. Turn TLS on there, or leave sslmode out of LEAFPAD_DATABASE_URL.`
  }
  if (/CERT|SSL|TLS|ISSUER|SIGNATURE/.test(code)) {
    return `${database}: its certificate is not to be trusted (${oneLine(error).replace(/; if the root CA .*/, '')}). Where an authority of your own signed it, add &sslrootcert= and the path of that authority's certificate behind sslmode=verify-full; sslmode=no-verify trusts whoever answers.`
  }
  const why = postgresCodes[code] ?? (isUnavailable(error) ? `it cannot be asked (${oneLine(error)})` : undefined)
  return why && `${database}: ${why}. See to it that it runs, and check LEAFPAD_DATABASE_URL.`
}

/** A certificate or its key that the database's URL names. */
function explainCertificateFile(error: unknown, { databaseUrl }: Where): string | undefined {
  const { code, path } = error as NodeJS.ErrnoException
  const parameters = databaseUrl === null || path === undefined ? [] : [...(URL.parse(splitHosts(databaseUrl)[0]!)?.searchParams ?? [])]
  const name = parameters.find(([, value]) => value === path)?.[0]
  return name && `The file ${path}, ${name} in LEAFPAD_DATABASE_URL, cannot be read (${code}). Name one that this user may read.`
}

/** By result code: https://sqlite.org/rescode.html */
const sqliteCodes: Readonly<Record<number, string>> = {
  5: 'another process has it locked. Try again when that is done',
  8: 'this user may not write to it. Give it to this user',
  10: 'reading or writing it fails. See to the disk',
  11: 'it is damaged. Restore it from a backup',
  13: 'the disk is full. Make room',
  14: 'it cannot be opened. See to it that this user may write to the data folder',
  26: 'it is no SQLite database. Move the file away, or set LEAFPAD_DATA_DIR to another folder',
}

function explainSqlite(error: unknown, { dataDir }: Where): string | undefined {
  const { errcode } = error as { errcode?: number }
  const why = errcode === undefined ? undefined : sqliteCodes[errcode & 0xff]
  return why && `The database in ${dataDir} cannot be used: ${why}.`
}

function oneLine(error: unknown): string {
  const { message = '', code, errors = [] } = error as { message?: string; code?: string; errors?: unknown[] }
  // What tried several addresses at once says nothing itself.
  const text = message || errors.map(oneLine).join('; ') || code || String(error)
  return text
    .replace(/\s+/g, ' ')
    .replace(/postgres(ql)?:\/\/\S+/g, maskPassword)
    .replace(/\.$/, '')
}
