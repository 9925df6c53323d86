import { sql } from 'kysely'
import type { Database } from './database/database.ts'
import { Failure } from './failure.ts'
import { splitHosts } from './postgres-hosts.ts'

const leastVersion = 15

/**
 * Asks a PostgreSQL server whether it is one LeafPad can keep its promises on. Throws a Failure for a version that is too old;
 * returns a sentence for every setting that lets an acknowledged change be lost. Nothing to say about the embedded database.
 */
export async function checkPostgres(database: Database): Promise<string[]> {
  if (database.kind !== 'postgres') return []
  const { rows } = await sql<{ version: number; fsync: string; commit: string; standbys: number; synchronous: string }>`
    select current_setting('server_version_num')::int / 10000 as version, current_setting('fsync') as fsync,
      current_setting('synchronous_commit') as commit, current_setting('synchronous_standby_names') as synchronous,
      (select count(*)::int from pg_stat_replication where state = 'streaming') as standbys`.execute(database.kysely)
  const { version, fsync, commit, standbys, synchronous } = rows[0]!
  if (version < leastVersion)
    throw new Failure(`The PostgreSQL server is of version ${version}, and LeafPad needs ${leastVersion} or newer.`)
  const warnings: string[] = []
  const lost = 'a revoked key can come to life again and a quota be counted anew'
  if (fsync === 'off') warnings.push(`PostgreSQL runs with fsync = off: after a power failure ${lost}. Set it to on.`)
  if (commit === 'off') warnings.push(`PostgreSQL runs with synchronous_commit = off: after a crash ${lost}. Set it to on.`)
  const severalHosts = splitHosts(database.url).length > 1
  if ((standbys > 0 || severalHosts) && (synchronous === '' || commit === 'local')) {
    const what = severalHosts ? 'LEAFPAD_DATABASE_URL names several hosts and no standby' : 'PostgreSQL has standbys and none'
    warnings.push(`${what} is synchronous: after a failover ${lost}. Set synchronous_standby_names, and synchronous_commit to on.`)
  }
  return warnings
}
