import pg from 'pg'
import { createPostgres, type PostgresNode } from '../../server/testing/postgres.ts'

/** A PostgreSQL primary with a synchronous standby, in which the database's clock can be moved. */
export interface Pair {
  readonly nodes: readonly [PostgresNode, PostgresNode]
  primary(): PostgresNode
  /** Asks the primary, again and again until it answers. */
  ask<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>
  /** Kills the primary and starts it again. */
  crash(): Promise<void>
  /** Kills the primary and promotes the standby; `fence` must keep everybody from the old one. It has no standby then, until `rebuild`. */
  failOver(fence: (old: number) => void): Promise<void>
  /** Makes the old primary a synchronous standby of the new one, which is down meanwhile. */
  rebuild(unfence: (standby: number) => void): Promise<void>
  remove(): Promise<void>
}

const standbySettings = { hot_standby: 'on' }
const primarySettings = { synchronous_standby_names: 'standby' }

/** The clock that the servers' SQL finds first, as the schema comes before PostgreSQL's own. Moved by the row of a table. */
const movableClock = `
create table moved_clock (ms bigint not null);
insert into moved_clock values (0);
create function public.clock_timestamp() returns timestamptz language sql volatile
  as $$ select pg_catalog.clock_timestamp() + (select ms from public.moved_clock) * interval '1 millisecond' $$;
alter database postgres set search_path = public, pg_catalog;`

export async function startPair(): Promise<Pair> {
  const first = await createPostgres()
  const nodes = [first, await first.copy()] as const
  let primary = 0

  async function ask<Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    for (;;) {
      // One that must not outlive a primary that is killed: asked anew each time.
      const client = new pg.Client({ connectionString: nodes[primary]!.url, query_timeout: 10_000 })
      client.on('error', () => {})
      try {
        await client.connect()
        return (await client.query(text, [...values])).rows
      } catch (error) {
        // What has a code was asked wrongly, unless the server is starting or ending.
        const { code = '' } = error as { code?: string }
        if (/^(22|23|42)/.test(code)) throw error
        await new Promise((resolve) => setTimeout(resolve, 50))
      } finally {
        void client.end().catch(() => {})
      }
    }
  }

  await nodes[0].start(primarySettings)
  await nodes[1].start(standbySettings)
  for (const statement of movableClock.split(/;\n(?!\s)/)) await ask(statement)

  return {
    nodes,
    primary: () => nodes[primary]!,
    ask,
    async crash() {
      await nodes[primary]!.kill()
      await nodes[primary]!.start(primarySettings)
    },
    async failOver(fence) {
      const old = primary
      await nodes[old]!.kill()
      fence(old)
      await nodes[1 - old]!.promote()
      primary = 1 - old
    },
    async rebuild(unfence) {
      const standby = 1 - primary
      await nodes[primary]!.stop()
      nodes[standby]!.follow(nodes[primary]!)
      await nodes[primary]!.start(primarySettings)
      await nodes[standby]!.start(standbySettings)
      unfence(standby)
    },
    async remove() {
      await Promise.all(nodes.map((node) => node.remove()))
    },
  }
}
