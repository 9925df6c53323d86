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

/** How long a statement is tried again while another process holds the lock, and how often. */
const maxBusyMs = 5_000
const busyPauseMs = 5

/** SQLite's result code for a lock that somebody else holds: nothing was done (https://sqlite.org/rescode.html#busy). */
const sqliteBusy = 5

const maxStatements = 500

const rowLocks: ReadonlySet<string> = new Set(['ForUpdate', 'ForNoKeyUpdate', 'ForShare', 'ForKeyShare', 'NoWait', 'SkipLocked'])

export interface SqliteOpened {
  readonly kysely: Kysely<Tables>
  readonly file: string
  /** Held by whoever uses the file: a query, a transaction, or a gate's batch. */
  readonly turn: Turn
}

/**
 * Opens the embedded database, making its folder and file where missing; only their owner can read them, whatever the folder is.
 * One connection; its users take turns.
 */
export function openSqlite(file: string): SqliteOpened {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const connection = openSqliteConnection(file, 0)
  for (const part of [file, `${file}-wal`, `${file}-shm`]) keepPrivate(part)
  const turn = new Turn()
  const kysely = new Kysely<Tables>({ dialect: withPlaces(new NodeSqliteDialect(connection, turn)) })
  return { kysely, file, turn }
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

  constructor(connection: DatabaseSync, turn: Turn) {
    this.#connection = connection
    this.#turn = turn
  }

  createDriver(): Driver {
    return new NodeSqliteDriver(this.#connection, this.#turn)
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

  constructor(connection: DatabaseSync, turn: Turn) {
    this.#connection = connection
    this.#statements = new Statements(connection)
    this.#turn = turn
  }

  async init() {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return new NodeSqliteConnection(this.#statements, await this.#turn.take())
  }

  async beginTransaction(connection: NodeSqliteConnection) {
    // IMMEDIATE takes the write lock now: a transaction that reads first and writes later could otherwise fail in between.
    await connection.execute('begin immediate')
  }

  async commitTransaction(connection: NodeSqliteConnection) {
    await connection.execute('commit')
  }

  async rollbackTransaction(connection: NodeSqliteConnection) {
    // SQLite rolls back by itself when the disk is full or fails; to do it again would fail, and hide why.
    if (this.#connection.isTransaction) await connection.execute('rollback')
  }

  async releaseConnection(connection: NodeSqliteConnection) {
    connection.release()
  }

  async destroy() {
    const release = await this.#turn.take()
    this.#connection.close()
    release()
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

  constructor(statements: Statements, release: () => void) {
    this.#statements = statements
    this.release = release
  }

  async execute(text: string) {
    await whileBusy(() => this.#statements.prepare(text).statement.run())
  }

  executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    return whileBusy(() => {
      const { statement, hasRows } = this.#statements.prepare(query.sql)
      const parameters = query.parameters as SQLInputValue[]
      if (hasRows) {
        const rows = statement.all(...parameters) as Row[]
        return { rows, numAffectedRows: BigInt(rows.length) }
      }
      const { changes, lastInsertRowid } = statement.run(...parameters)
      return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) }
    })
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
