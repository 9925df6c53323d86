import { atLeast, atMost, type Line, type Side } from '../line.ts'
import type { LoadResult } from '../load.ts'
import {
  betterAuthMap,
  betterAuthPostgres,
  betterAuthRedisPostgres,
  betterAuthRedisSqlite,
  betterAuthSqlite,
} from '../sides/better-auth.ts'
import { admitted } from '../sides/embedded.ts'
import { connections } from '../sides/measure-server.ts'

export const overBetterAuth: Line = {
  name: 'over-better-auth',
  says: 'admitted ÷ better-auth, SQLite full sync',
  digits: 1,
  must: atLeast(45),
  aim: atLeast(70),
  sides: [admitted, betterAuthSqlite],
  figure: (of) => of(admitted).requestsPerSecond / of(betterAuthSqlite).requestsPerSecond,
}

/** All that are exact and keep their counts on disk. */
const exactAndDurable = [betterAuthSqlite, betterAuthPostgres, betterAuthRedisSqlite, betterAuthRedisPostgres]

export const overDurableBetterAuth: Line = {
  name: 'over-durable-better-auth',
  says: "admitted ÷ better-auth's fastest exact and durable (SQLite or PostgreSQL, keys also in Redis)",
  digits: 1,
  must: atLeast(15),
  aim: atLeast(22),
  sides: [admitted, ...exactAndDurable],
  figure: (of) => of(admitted).requestsPerSecond / Math.max(...exactAndDurable.map((side) => of(side).requestsPerSecond)),
}

export const overFastestBetterAuth: Line = {
  name: 'over-fastest-better-auth',
  says: "admitted ÷ better-auth's fastest of all (a map in memory, lost at a restart, not exact)",
  digits: 1,
  must: atLeast(4),
  aim: atLeast(6),
  sides: [admitted, betterAuthMap],
  figure: (of) => of(admitted).requestsPerSecond / of(betterAuthMap).requestsPerSecond,
}

export const p99OfBetterAuth: Line = {
  name: 'p99-of-better-auth',
  says: `p99 at ${connections} connections ÷ better-auth's, SQLite full sync`,
  digits: 3,
  must: atMost(0.15),
  aim: atMost(0.05),
  sides: [admitted, betterAuthSqlite],
  figure: (of) => of(admitted).p99Ms / of(betterAuthSqlite).p99Ms,
}

function rate(name: string, says: string, side: Side<LoadResult>): Line {
  return { name, says: `${says}, requests a second`, digits: 0, sides: [side], figure: (of) => of(side).requestsPerSecond }
}

/** For orientation. */
export const betterAuthRates: readonly Line[] = [
  rate('better-auth-sqlite', 'better-auth, SQLite full sync', betterAuthSqlite),
  rate('better-auth-postgres', 'better-auth, PostgreSQL', betterAuthPostgres),
  rate('better-auth-redis-sqlite', 'better-auth, keys in Redis, SQLite full sync behind it', betterAuthRedisSqlite),
  rate('better-auth-redis-postgres', 'better-auth, keys in Redis, PostgreSQL behind it', betterAuthRedisPostgres),
  rate('better-auth-map', 'better-auth, a map in memory', betterAuthMap),
]
