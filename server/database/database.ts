import { type Kysely, type RawBuilder, sql } from 'kysely'
import { buildOnce } from './build-once.ts'
import { openPostgres } from './postgres.ts'
import { openSqlite, type SqliteOpened } from './sqlite.ts'
import type { Tables } from './tables.ts'

interface Opened {
  readonly kysely: Kysely<Tables>
  /**
   * SQL for the database's own clock: integer milliseconds since 1970, UTC. What decides an expiry or a day takes the time from here.
   * @param offsetMs what stands for `clockOffsetMs()` in a query that is built once
   */
  clock(offsetMs?: number): RawBuilder<number>
  /** How far the clock is moved, in milliseconds; 0 save in tests. */
  clockOffsetMs(): number
  /** Whether transactions run beside each other and lock rows; if not, each has the whole database from its beginning. */
  readonly locksRows: boolean
  close(): Promise<void>
}

export interface SqliteDatabase extends Opened {
  readonly kind: 'sqlite'
  readonly file: string
  readonly turn: SqliteOpened['turn']
  readonly transact: SqliteOpened['transact']
}

export interface PostgresDatabase extends Opened {
  readonly kind: 'postgres'
  readonly url: string
}

export type Database = SqliteDatabase | PostgresDatabase

export interface DatabaseOptions {
  /** `postgres://…`, or the path of the embedded database's file. */
  readonly location: string
  /** Moves the database's clock, for tests; milliseconds, default 0. */
  readonly clockOffsetMs?: () => number
}

/** Opens the database. Migrating it is the caller's; PostgreSQL is first asked by the first query. */
export function openDatabase({ location, clockOffsetMs = () => 0 }: DatabaseOptions): Database {
  if (/^postgres(ql)?:\/\//.test(location)) {
    const { kysely, url, close } = openPostgres(location)
    const clock = (offsetMs = clockOffsetMs()) =>
      sql<number>`(floor(extract(epoch from clock_timestamp()) * 1000)::bigint + ${offsetMs}::bigint)`
    return { kind: 'postgres', kysely, url, clock, clockOffsetMs, locksRows: true, close }
  }
  const { kysely, file, turn, transact } = openSqlite(location)
  const clock = (offsetMs = clockOffsetMs()) => sql<number>`(cast(unixepoch('subsec') * 1000 as integer) + ${offsetMs})`
  return { kind: 'sqlite', kysely, file, turn, transact, clock, clockOffsetMs, locksRows: false, close: () => kysely.destroy() }
}

const selectClock = buildOnce(({ kysely, clock }: Database, { offsetMs }: { offsetMs: number }) =>
  kysely.selectNoFrom(clock(offsetMs).as('now')),
)

/** The database's time: milliseconds since 1970, UTC. */
export async function readClock(database: Database, kysely: Kysely<Tables> = database.kysely): Promise<number> {
  const [row] = await selectClock(database, kysely, { offsetMs: database.clockOffsetMs() })
  return row!.now
}
