import { join } from 'node:path'
import pg from 'pg'
import type { Bench } from '../bench.ts'
import type { Side } from '../line.ts'
import type { LoadResult } from '../load.ts'
import type { BetterAuthMode } from '../peers/better-auth-mode.ts'
import { getRequest } from '../requests.ts'
import { connections } from './measure-server.ts'

/** It answers so few requests that it takes longer to have compiled what is used for them. */
const warmUps = 4

/** @param modeOf told a name that nothing has yet */
function betterAuthSide(name: string, modeOf: (bench: Bench, fresh: string) => Promise<BetterAuthMode>): Side<LoadResult> {
  return {
    name,
    async open(bench) {
      let rounds = 0
      return async (round, durationMs) => {
        const mode = JSON.stringify(await modeOf(bench, `${name}-${++rounds}`))
        const server = await bench.startServer(round, 'peers/better-auth-server.ts', [mode, String(bench.options.keyCount)])
        const keys = (await server.ask({})) as string[]
        const requests = keys.map((key) => getRequest('/admitted', { 'x-api-key': key }))
        const load = { ports: [server.port], requests, connections }
        for (let times = 1; times < warmUps; times++) await bench.warmUp(load)
        return bench.measure(load, durationMs)
      }
    },
  }
}

/** In a SQLite database with full sync. */
export const betterAuthSqlite = betterAuthSide('better-auth-sqlite', async (bench, fresh) => ({
  database: join(bench.folder, `${fresh}.db`),
  storage: null,
  fallbackToDatabase: false,
}))

/** In PostgreSQL. */
export const betterAuthPostgres = betterAuthSide('better-auth-postgres', async (bench, fresh) => ({
  database: await newDatabase(bench, fresh),
  storage: null,
  fallbackToDatabase: false,
}))

/** Looked up in Redis, counted in SQLite with full sync. */
export const betterAuthRedisSqlite = betterAuthSide('better-auth-redis-sqlite', async (bench, fresh) => ({
  database: join(bench.folder, `${fresh}.db`),
  storage: { kind: 'redis', url: await bench.redis() },
  fallbackToDatabase: true,
}))

/** Looked up in Redis, counted in PostgreSQL. */
export const betterAuthRedisPostgres = betterAuthSide('better-auth-redis-postgres', async (bench, fresh) => ({
  storage: { kind: 'redis', url: await bench.redis() },
  database: await newDatabase(bench, fresh),
  fallbackToDatabase: true,
}))

/** In a map in memory: neither exact nor durable. */
export const betterAuthMap = betterAuthSide('better-auth-map', async (bench, fresh) => ({
  database: join(bench.folder, `${fresh}.db`),
  storage: { kind: 'map' },
  fallbackToDatabase: false,
}))

async function newDatabase(bench: Bench, name: string): Promise<string> {
  const { url } = await bench.postgres()
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(`create database "${name}"`)
  await client.end()
  return url.replace(/[^/]*$/, name)
}
