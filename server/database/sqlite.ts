import { chmodSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  type QueryResult,
  type SelectModifierNode,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { withPlaces } from './places.ts'
import { openSqliteConnection } from './sqlite-connection.ts'
import type { Tables } from './tables.ts'
import { Turn } from './turn.ts'
import { WalRoom } from './wal-room.ts'
import { WalSync } from './wal-sync.ts'

/** How long a statement is tried again while another process holds the lock, and how often. */
const maxBusyMs = 5_000
const busyPauseMs = 5

/** SQLite's result code for a lock that somebody else holds: nothing was done (https://sqlite.org/rescode.html#busy). */
const sqliteBusy = 5

const maxStatements = 500

/** Pages in the write-ahead log from which on a commit moves them into the file, for which all wait: rarely, and then each page once, however often it was written. */
const maxLogPages = 4_000

/** For the rows of some ten thousand keys to stay at hand; in the 2 MB of the default most are read from the file each time. */
const cacheKilobytes = 16_000

const rowLocks: ReadonlySet<string> = new Set(['ForUpdate', 'ForNoKeyUpdate', 'ForShare', 'ForKeyShare', 'NoWait', 'SkipLocked'])

export interface SqliteOpened {
  readonly kysely: Kysely<Tables>
  readonly file: string
  /** Held by whoever uses the file: a query, or a transaction. */
  readonly turn: Turn
  /**
   * Runs `work` in a transaction that has the database to itself, and awaits nothing in between; resolves once it is committed. Rejects with what `work`
   * throws, and then nothing of it was done; with anything else it is not known.
   */
  transact<Result>(work: (connection: DatabaseSync) => Result): Promise<Committed<Result>>
}

/** What was committed and is on its way to the disk: nothing of it may be told to anybody before it is there. */
export interface Committed<Result> {
  /** What the work gave. */
  readonly result: Result
  /** Resolves when it is there, and rejects when nobody can know. */
  readonly onDisk: Promise<void>
}

/**
 * Opens the embedded database, making its folder and file where missing; only their owner can read them, whatever the folder is.
 * One connection; its users take turns.
 */
export function openSqlite(file: string): SqliteOpened {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const connection = openSqliteConnection(file)
  // What is committed is synced by WalSync; what keeps the file whole SQLite still syncs, and with OFF it would not.
  connection.exec('PRAGMA synchronous = NORMAL')
  connection.exec(`PRAGMA wal_autocheckpoint = ${maxLogPages}; PRAGMA cache_size = -${cacheKilobytes}`)
  // What a crash left in the log goes to the file, and both are synced: after a sync that failed, parts of the log may be in memory alone.
  connection.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  for (const part of [file, `${file}-wal`, `${file}-shm`]) keepPrivate(part)
  const turn = new Turn()
  const log = new WalSync(`${file}-wal`, (error) => turn.refuseAll(error))
  const room = new WalRoom(`${file}-wal`)
  const kysely = new Kysely<Tables>({ dialect: withPlaces(new NodeSqliteDialect(connection, turn, log, room)) })
  return { kysely, file, turn, transact: (work) => transact(connection, turn, log, room, work) }
}

async function transact<Result>(
  connection: DatabaseSync,
  turn: Turn,
  log: WalSync,
  room: WalRoom,
  work: (connection: DatabaseSync) => Result,
): Promise<Committed<Result>> {
  const release = await turn.take()
  try {
    await whileBusy(() => connection.exec('begin immediate'))
    try {
      room.make()
      const result = work(connection)
      connection.exec('commit')
      log.committed()
      return { result, onDisk: log.synced() }
    } catch (error) {
      // SQLite rolls back by itself when the disk is full or fails.
      if (connection.isTransaction) connection.exec('rollback')
      throw error
    }
  } finally {
    release()
  }
}

function keepPrivate(file: string) {
  try {
    chmodSync(file, 0o600)
  } catch (error) {
    // A part that is not there gets the mode of the database file; only its owner can change that of another's.
    if (!['ENOENT', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}

class NodeSqliteDialect implements Dialect {
  readonly #connection: DatabaseSync
  readonly #turn: Turn
  readonly #log: WalSync
  readonly #room: WalRoom

  constructor(connection: DatabaseSync, turn: Turn, log: WalSync, room: WalRoom) {
    this.#connection = connection
    this.#turn = turn
    this.#log = log
    this.#room = room
  }

  createDriver(): Driver {
    return new NodeSqliteDriver(this.#connection, this.#turn, this.#log, this.#room)
  }

  createQueryCompiler() {
    return new LocklessQueryCompiler()
  }

  createAdapter() {
    return new TransactionalAdapter()
  }

  createIntrospector(kysely: Kysely<unknown>) {
    return new SqliteIntrospector(kysely)
  }
}

class TransactionalAdapter extends SqliteAdapter {
  /** A migration that fails leaves nothing behind: SQLite's DDL is transactional. */
  override get supportsTransactionalDdl() {
    return true
  }

  /**
   * That there is only one is what the turn is for. Kysely's own queue before it has no end to waiting, and stays shut for good once
   * somebody at its head was refused the turn.
   */
  override get supportsMultipleConnections() {
    return true
  }
}

/** Leaves out row locks: a transaction here has the whole database to itself from its beginning. */
class LocklessQueryCompiler extends SqliteQueryCompiler {
  protected override visitSelectModifier(node: SelectModifierNode) {
    if (node.modifier === undefined || !rowLocks.has(node.modifier)) super.visitSelectModifier(node)
  }
}

class NodeSqliteDriver implements Driver {
  readonly #connection: DatabaseSync
  readonly #statements: Statements
  readonly #turn: Turn
  readonly #log: WalSync
  readonly #room: WalRoom

  constructor(connection: DatabaseSync, turn: Turn, log: WalSync, room: WalRoom) {
    this.#connection = connection
    this.#statements = new Statements(connection)
    this.#turn = turn
    this.#log = log
    this.#room = room
  }

  async init() {}

  async acquireConnection(): Promise<DatabaseConnection> {
    const release = await this.#turn.take()
    return new NodeSqliteConnection(this.#statements, release, () => {
      if (!this.#connection.isTransaction) this.#log.committed()
    })
  }

  async beginTransaction(connection: NodeSqliteConnection) {
    // IMMEDIATE takes the write lock now: a transaction that reads first and writes later could otherwise fail in between.
    await connection.execute('begin immediate')
    this.#room.make()
  }

  async commitTransaction(connection: NodeSqliteConnection) {
    await connection.execute('commit')
    this.#log.committed()
  }

  async rollbackTransaction(connection: NodeSqliteConnection) {
    // SQLite rolls back by itself when the disk is full or fails; to do it again would fail, and hide why.
    if (this.#connection.isTransaction) await connection.execute('rollback')
  }

  /** Others go on while what was committed is synced. Who has only read waits as well: what others committed must not be told before it is on disk. */
  async releaseConnection(connection: NodeSqliteConnection) {
    connection.release()
    await this.#log.synced()
  }

  async destroy() {
    const release = await this.#turn.take().catch(() => () => {})
    this.#connection.close()
    release()
    this.#log.close()
    this.#room.close()
  }
}

interface Prepared {
  readonly statement: StatementSync
  readonly hasRows: boolean
}

/** Statements by their text, prepared once. */
class Statements {
  readonly #connection: DatabaseSync
  readonly #prepared = new Map<string, Prepared>()

  constructor(connection: DatabaseSync) {
    this.#connection = connection
  }

  prepare(text: string): Prepared {
    const found = this.#prepared.get(text)
    if (found !== undefined) return found
    if (this.#prepared.size >= maxStatements) this.#prepared.clear()
    const statement = this.#connection.prepare(text)
    const prepared = { statement, hasRows: statement.columns().length > 0 }
    this.#prepared.set(text, prepared)
    return prepared
  }
}

class NodeSqliteConnection implements DatabaseConnection {
  readonly #statements: Statements
  readonly release: () => void
  readonly #onWritten: () => void

  /** @param onWritten told after each statement that may have written */
  constructor(statements: Statements, release: () => void, onWritten: () => void) {
    this.#statements = statements
    this.release = release
    this.#onWritten = onWritten
  }

  async execute(text: string) {
    await whileBusy(() => this.#statements.prepare(text).statement.run())
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const result = await whileBusy(() => this.#run<Row>(query))
    if (query.query.kind !== 'SelectQueryNode') this.#onWritten()
    return result
  }

  #run<Row>(query: CompiledQuery): QueryResult<Row> {
    const { statement, hasRows } = this.#statements.prepare(query.sql)
    const parameters = query.parameters as SQLInputValue[]
    if (hasRows) {
      const rows = statement.all(...parameters) as Row[]
      return { rows, numAffectedRows: BigInt(rows.length) }
    }
    const { changes, lastInsertRowid } = statement.run(...parameters)
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) }
  }

  // biome-ignore lint/correctness/useYield: nothing here streams rows, and the interface wants the method
  async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error('the embedded database does not stream rows')
  }
}

/** Runs a statement, again and again while another process holds the lock, without blocking this thread meanwhile. */
async function whileBusy<Result>(run: () => Result): Promise<Result> {
  const giveUpAt = performance.now() + maxBusyMs
  for (;;) {
    try {
      return run()
    } catch (error) {
      if ((error as { errcode?: number }).errcode !== sqliteBusy || performance.now() > giveUpAt) throw error
    }
    await setTimeout(busyPauseMs)
  }
}
