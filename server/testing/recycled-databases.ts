import pg from 'pg'

/** A migrated database that tests of this process use one after the other. */
interface Recycled {
  readonly url: string
  /** A connection of its own, kept open: to make one costs more than to empty a database does. */
  readonly client: pg.Client
  /** What its schema and settings were when it was made. */
  readonly schema: string
}

/** All that tests change of a database save its rows: tables, columns, indexes, constraints, triggers, functions, settings. */
const describeSchema = `
  select md5(concat_ws('|',
    (select string_agg(oid::text || relname || relfilenode::text, ',' order by oid) from pg_class where relnamespace = 'public'::regnamespace),
    (select string_agg(attrelid::text || attname || attnotnull::text, ',' order by attrelid, attnum) from pg_attribute
      where attrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace)),
    (select string_agg(oid::text || conname, ',' order by oid) from pg_constraint where connamespace = 'public'::regnamespace),
    (select string_agg(oid::text || tgname || tgenabled::text, ',' order by oid) from pg_trigger where not tgisinternal),
    (select string_agg(oid::text || proname, ',' order by oid) from pg_proc where pronamespace = 'public'::regnamespace),
    (select string_agg(setconfig::text, ',') from pg_db_role_setting
      where setdatabase = (select oid from pg_database where datname = current_database()))
  )) as schema`

const others = `select count(*)::int as count from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`

/** How long connections of the test before are given to end. */
const endsWithinMs = 2_000

/**
 * Databases of PostgreSQL that are emptied and used again. To make one for each test and drop it takes several times as long as most tests.
 * Those in which a test has left anything else than rows are not used again.
 * @param create makes a migrated database and resolves to its URL
 * @param drop drops it, whoever is connected
 */
export class RecycledDatabases {
  readonly #create: () => Promise<string>
  readonly #drop: (url: string) => Promise<void>
  #free: Recycled[] = []

  constructor(create: () => Promise<string>, drop: (url: string) => Promise<void>) {
    this.#create = create
    this.#drop = drop
  }

  /** The URL of an empty database, until `give` is called. */
  async take(): Promise<{ readonly url: string; give(): void }> {
    let taken: Recycled | undefined
    while (this.#free.length > 0 && taken === undefined) {
      const one = this.#free.shift()!
      if (await isAsMade(one)) taken = one
      else await this.#discard(one)
    }
    if (taken === undefined) taken = await this.#make()
    else await empty(taken.client)
    const { url } = taken
    // What the test has still open ends after this: it is looked at when it is taken again.
    return { url, give: () => void this.#free.push(taken) }
  }

  async close(): Promise<void> {
    for (const one of this.#free.splice(0)) await this.#discard(one)
  }

  async #make(): Promise<Recycled> {
    const url = await this.#create()
    const client = new pg.Client({ connectionString: url })
    // It is dropped with the connection at the end.
    client.on('error', () => {})
    await client.connect()
    const { rows } = await client.query<{ schema: string }>(describeSchema)
    return { url, client, schema: rows[0]!.schema }
  }

  async #discard({ client, url }: Recycled): Promise<void> {
    await client.end().catch(() => {})
    await this.#drop(url)
  }
}

/** Whether nobody else is connected any more and nothing but rows was changed. False where it cannot be asked. */
async function isAsMade({ client, schema }: Recycled): Promise<boolean> {
  try {
    const giveUpAt = Date.now() + endsWithinMs
    while ((await client.query<{ count: number }>(others)).rows[0]!.count > 0) if (Date.now() > giveUpAt) return false
    return (await client.query<{ schema: string }>(describeSchema)).rows[0]!.schema === schema
  } catch {
    return false
  }
}

/** Deletes all rows, save those that say which migrations were run, and has numbers begin anew. */
async function empty(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ statements: string }>(`
    select string_agg(statement, ';') as statements from (
      select format('delete from %I', tablename) as statement from pg_tables
        where schemaname = 'public' and tablename not in ('migration', 'migrationLock')
      union all
      select format('select setval(%L, 1, false)', quote_ident(sequencename)) from pg_sequences where schemaname = 'public'
    ) of`)
  // Without triggers: neither do foreign keys want an order, nor does what is only ever added to object.
  await client.query(`set session_replication_role = replica; set synchronous_commit = off; begin; ${rows[0]!.statements}; commit`)
}
