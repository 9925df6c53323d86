import pg from 'pg'
import { splitHosts } from '../postgres-hosts.ts'

/** How long a connection may take to be made or to come free. */
const connectionTimeoutMs = 5_000

/** Rejected with when the server that answers cannot be written to: what it says may be out of date. */
export class StandbyError extends Error {
  override name = 'StandbyError'
}

/** SQLSTATE read_only_sql_transaction: the server has become a standby, or was set to read only. */
const readOnly = '25006'

/** What pg says when `query_timeout` is over; the statement may still be under way. */
const noAnswer = 'Query read timeout'

/** A connection to the primary. Once it proved useless, whatever is asked of it is rejected, and its release drops it. */
export interface PrimaryClient {
  query: pg.PoolClient['query']
  /** Gives it back; `true` drops it. */
  release(drop?: boolean): void
}

export interface PrimaryPool {
  /** A connection to the server that can be written to. Rejects when none of the hosts is one, within 5 s for each. */
  connect(): Promise<PrimaryClient>
  /** Resolves when all connections have been given back and ended. */
  end(): Promise<void>
}

/**
 * Connections to whichever host of `url` is the primary. Each new one is asked whether it can be written to before anybody has it. When one
 * turns out to be of a server that cannot, or does not answer any more, all that were made with it are dropped and the next
 * is sought anew among the hosts. A connection that breaks, idle or in use, rejects what was asked of it and is dropped.
 */
export function createPrimaryPool(url: string, settings: pg.PoolConfig): PrimaryPool {
  const urls = splitHosts(url)
  const pools = urls.map(openPool)
  const retired = new Set<Promise<void>>()
  let likely = 0
  let ended: Promise<unknown> | undefined

  function openPool(connectionString: string): pg.Pool {
    const pool = new pg.Pool({ ...settings, connectionString, connectionTimeoutMillis: connectionTimeoutMs, keepAlive: true, verify })
    pool.on('error', () => {})
    // The pool listens only while a connection is idle; without a listener of its own, a broken one in use would end the process.
    pool.on('connect', (client) => client.on('error', () => {}))
    return pool
  }

  async function connect(): Promise<PrimaryClient> {
    const failures: unknown[] = []
    for (let tried = 0, from = likely; tried < pools.length; tried++) {
      const index = (from + tried) % pools.length
      const pool = pools[index]!
      try {
        const client = await pool.connect()
        likely = index
        return watch(client, () => retire(index, pool))
      } catch (error) {
        failures.push(error)
      }
    }
    throw failures.length === 1 ? failures[0] : noPrimary(failures)
  }

  /** Idle connections are ended at once, those in use when they are given back. */
  function retire(index: number, pool: pg.Pool) {
    if (pools[index] !== pool || pool.ending) return
    pools[index] = openPool(urls[index]!)
    likely = (index + 1) % pools.length
    const retiring: Promise<void> = pool.end().finally(() => retired.delete(retiring))
    retired.add(retiring)
  }

  return {
    connect,
    async end() {
      ended ??= Promise.all([...pools.map((pool) => pool.end()), ...retired])
      await ended
    },
  }
}

/** The client as its borrower has it: the first answer that shows it to be useless ends its use, for this borrower and all others. */
function watch(client: pg.PoolClient, onUseless: () => void): PrimaryClient {
  let useless: Error | undefined
  const query = (...asked: unknown[]): Promise<unknown> => {
    // Not sent: it would wait behind the statement that got no answer.
    if (useless !== undefined) return Promise.reject(useless)
    return (client.query as (...asked: unknown[]) => Promise<unknown>)(...asked).catch((error: Error) => {
      if ((error as { code?: string }).code === readOnly || error.message === noAnswer) {
        useless = error
        onUseless()
      }
      throw error
    })
  }
  return {
    query: query as pg.PoolClient['query'],
    release: (drop = false) => client.release(drop || useless !== undefined),
  }
}

/** Asked once of a connection that a pool has made, before anybody has it. */
function verify(client: pg.ClientBase, done: (error?: Error) => void) {
  client
    .query(`select pg_is_in_recovery() as standby, current_setting('transaction_read_only')::boolean as "readOnly"`)
    .then(({ rows }) => {
      const { standby, readOnly } = rows[0]
      if (standby) done(new StandbyError('the PostgreSQL server is a standby'))
      else if (readOnly) done(new StandbyError('the PostgreSQL server is set to read only'))
      else done()
    }, done)
}

/** All that the hosts said, in their order. An unavailable one makes it unavailable, whatever the others are. */
function noPrimary(failures: unknown[]): Error {
  return new StandbyError(`none of the hosts is a primary: ${failures.map(describe).join('; ')}`, { cause: failures[0] })
}

function describe(error: unknown): string {
  const { message, code } = error as { message?: string; code?: string }
  return message || code || String(error)
}
