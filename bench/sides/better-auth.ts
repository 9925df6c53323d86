import { join } from 'node:path'
import pg from 'pg'
import type { Bench } from '../bench.ts'
import type { Side } from '../line.ts'
import type { LoadResult } from '../load.ts'
import type { BetterAuthMode } from '../peers/better-auth-mode.ts'
import { getRequest } from '../requests.ts'
import { connections } from './embedded.ts'

function betterAuthSide(name: string, modeOf: (bench: Bench) => Promise<BetterAuthMode>): Side<LoadResult> {
  return {
    name,
    async open(bench) {
      const mode = JSON.stringify(await modeOf(bench))
      const server = await bench.startServer('peers/better-auth-server.ts', [mode, String(bench.options.keyCount)])
      const keys = (await server.ask({})) as string[]
      const requests = keys.map((key) => getRequest('/admitted', { 'x-api-key': key }))
      return (durationMs) => bench.run({ ports: [server.port], requests, connections, durationMs })
    },
  }
}

/** In a SQLite database with full sync. */
export const betterAuthSqlite = betterAuthSide('better-auth-sqlite', async (bench) => ({
  database: join(bench.folder, 'better-auth.db'),
  storage: null,
  fallbackToDatabase: false,
}))

/** In PostgreSQL. */
export const betterAuthPostgres = betterAuthSide('better-auth-postgres', async (bench) => ({
  database: await newDatabase(bench, 'better_auth'),
  storage: null,
  fallbackToDatabase: false,
}))

/** Looked up in Redis, counted in SQLite with full sync. */
export const betterAuthRedisSqlite = betterAuthSide('better-auth-redis-sqlite', async (bench) => ({
  database: join(bench.folder, 'better-auth-behind-redis.db'),
  storage: { kind: 'redis', url: await bench.redis() },
  fallbackToDatabase: true,
}))

/** Looked up in Redis, counted in PostgreSQL. */
export const betterAuthRedisPostgres = betterAuthSide('better-auth-redis-postgres', async (bench) => ({
  storage: { kind: 'redis', url: await bench.redis() },
  database: await newDatabase(bench, 'better_auth_behind_redis'),
  fallbackToDatabase: true,
}))

/** In a map in memory: neither exact nor durable. */
export const betterAuthMap = betterAuthSide('better-auth-map', async (bench) => ({
  database: join(bench.folder, 'better-auth-beside-map.db'),
  storage: { kind: 'map' },
  fallbackToDatabase: false,
}))

async function newDatabase(bench: Bench, name: string): Promise<string> {
  const { url } = await bench.postgres()
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(`create database ${name}`)
  await client.end()
  return url.replace(/[^/]*$/, name)
}
