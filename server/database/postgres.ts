import { Kysely, PostgresDialect, type PostgresPool } from 'kysely'
import pg from 'pg'
import { withPlaces } from './places.ts'
import { createPrimaryPool, type PrimaryPool } from './primary-pool.ts'
import type { Tables } from './tables.ts'

/** How long a statement waits for a row that another holds. */
const lockTimeoutMs = 5_000

/**
 * How long a transaction may pause. Ours wait for nothing but the database, so one that pauses is of a process that has stopped, and
 * what it has locked must not hold the others up for longer than a lock may.
 */
const idleInTransactionTimeoutMs = 5_000

/** How long a statement may take; none of ours has to go through much. */
const statementTimeoutMs = 15_000

/** When even the timeout's answer does not come, the network is stalled: the connection is given up, the outcome unknown. */
const answerTimeoutMs = 17_000

const int8 = 20

/** Settings of every connection to PostgreSQL: integers as numbers, waits bounded. */
const settings: pg.PoolConfig = {
  application_name: 'leafpad',
  lock_timeout: lockTimeoutMs,
  idle_in_transaction_session_timeout: idleInTransactionTimeoutMs,
  // All our instants and counts are well within 2^53.
  types: {
    getTypeParser: (type: number, format?: string) => (type === int8 ? Number : pg.types.getTypeParser(type, format as 'text')),
  } as pg.CustomTypesConfig,
}

export interface PostgresOpened {
  readonly kysely: Kysely<Tables>
  readonly url: string
  close(): Promise<void>
}

/** Connections to the primary with the settings of all and those given. */
export function createPool(url: string, own: pg.PoolConfig): PrimaryPool {
  return createPrimaryPool(url, { ...settings, ...own })
}

/** Opens at most 10 connections; none is made before the first query. */
export function openPostgres(url: string): PostgresOpened {
  const pool = createPool(url, { max: 10, statement_timeout: statementTimeoutMs, query_timeout: answerTimeoutMs })
  return openKysely(pool, url)
}

/** As openPostgres, for statements that may take as long as they do: migrations, and waiting for who migrates. */
export function openPatientPostgres(url: string): PostgresOpened {
  return openKysely(createPool(url, { max: 2 }), url)
}

function openKysely(pool: PrimaryPool, url: string): PostgresOpened {
  // Of a pool, Kysely takes the rest only where queries are cancelled, which we do not.
  const dialect = new PostgresDialect({ pool: pool as unknown as PostgresPool })
  const kysely = new Kysely<Tables>({ dialect: withPlaces(dialect) })
  async function close() {
    await kysely.destroy()
    // One that was asked nothing has nothing to destroy, and could be asked later.
    await pool.end()
  }
  return { kysely, url, close }
}
