import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { withPlaces } from './places.ts'
import type { Tables } from './tables.ts'

/** How long a statement waits for a row that another holds. */
const lockTimeoutMs = 5_000

/** How long a connection may take to be made or to come free. */
const connectionTimeoutMs = 5_000

/**
 * How long a transaction may pause. Ours wait for nothing but the database, so one that pauses is of a process that has stopped, and
 * what it has locked must not hold the others up for longer than a lock may.
 */
const idleInTransactionTimeoutMs = 5_000

const int8 = 20

/** Rejected with when the server that answers is a standby: what it says may be out of date. */
export class StandbyError extends Error {
  override name = 'StandbyError'
}

/** Settings of every connection to PostgreSQL: integers as numbers, waits bounded, standbys refused. */
function postgresPoolConfig(url: string): pg.PoolConfig {
  return {
    connectionString: url,
    application_name: 'leafpad',
    connectionTimeoutMillis: connectionTimeoutMs,
    lock_timeout: lockTimeoutMs,
    idle_in_transaction_session_timeout: idleInTransactionTimeoutMs,
    keepAlive: true,
    // All our instants and counts are well within 2^53.
    types: {
      getTypeParser: (type: number, format?: string) => (type === int8 ? Number : pg.types.getTypeParser(type, format as 'text')),
    } as pg.CustomTypesConfig,
    // A client that a pool has made is asked once, before anybody has it.
    verify: (client, done) => {
      client
        .query('select pg_is_in_recovery() as standby')
        .then(({ rows }) => (rows[0].standby ? done(new StandbyError('the PostgreSQL server is a standby')) : done()), done)
    },
  }
}

export interface PostgresOpened {
  readonly kysely: Kysely<Tables>
  readonly url: string
}

/**
 * A pool of connections with the settings of `postgresPoolConfig`. A connection that breaks, idle or in use, is dropped: whoever used
 * it has its query rejected, and the next one gets a new connection.
 */
export function createPool(url: string, settings: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool({ ...postgresPoolConfig(url), ...settings })
  pool.on('error', () => {})
  // The pool listens only while a connection is idle; without a listener of its own, a broken one in use would end the process.
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}

/** Opens a pool of at most 10 connections; none is made before the first query. */
export function openPostgres(url: string): PostgresOpened {
  const pool = createPool(url, { max: 10 })
  return { kysely: new Kysely<Tables>({ dialect: withPlaces(new PostgresDialect({ pool })) }), url }
}
