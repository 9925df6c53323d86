import { readdirSync, readFileSync } from 'node:fs'
import pg from 'pg'
import { openDatabase } from '../../server/database/database.ts'
import { migrate } from '../../server/database/migrate.ts'
import type { Bench } from '../bench.ts'
import { NotMeasurable, type Side } from '../line.ts'
import type { LoadResult } from '../load.ts'
import { getRequest } from '../requests.ts'
import { type KeyInUse, seedKeysInUse } from '../seeds/keys-in-use.ts'
import { connections, measureServer } from './measure-server.ts'

/** Processes that share the hot key. */
export const processCount = 3

interface OnPostgres {
  readonly location: string
  readonly keys: readonly KeyInUse[]
}

/** A database on PostgreSQL with keys in it. */
function openOnPostgres(bench: Bench): Promise<OnPostgres> {
  return bench.once('on-postgres', async () => {
    const { url: location } = await bench.postgres()
    const database = openDatabase({ location })
    await migrate(database)
    const keys = await seedKeysInUse(database, bench.options.keyCount)
    await database.close()
    return { location, keys }
  })
}

/** A row read by primary key for each request. */
export const selected: Side<LoadResult> = {
  name: 'postgres-selected',
  async open(bench) {
    const { location, keys } = await openOnPostgres(bench)
    const requests = keys.map(({ id }) => getRequest('/selected', { 'x-id': id }))
    return measureServer(bench, 'servers/point-select.ts', [location], requests)
  },
}

export interface WithPostgresTime extends LoadResult {
  /** CPU time that PostgreSQL took, all of its processes together. */
  readonly postgresCpuMs: number
}

/** Admitted by one process on PostgreSQL, all keys in use. */
export const admittedOnPostgres: Side<WithPostgresTime> = {
  name: 'postgres-admitted',
  async open(bench) {
    const { location, keys } = await openOnPostgres(bench)
    const requests = keys.map(({ secret }) => getRequest('/admitted', { 'x-api-key': secret }))
    const postmaster = await findPostmaster(location)
    return async (round, durationMs) => {
      const { port } = await bench.startServer(round, 'servers/admission.ts', [location])
      const load = { ports: [port], requests, connections }
      await bench.warmUp(load)
      const before = cpuMsOf(postmaster)
      const result = await bench.run({ ...load, durationMs })
      return { ...result, postgresCpuMs: cpuMsOf(postmaster) - before }
    }
  },
}

/** Admitted by several processes, all with the same key. */
export const hotKey: Side<LoadResult> = {
  name: 'postgres-hot-key',
  async open(bench) {
    const { location, keys } = await openOnPostgres(bench)
    const requests = [getRequest('/admitted', { 'x-api-key': keys[0]!.secret })]
    return async (round, durationMs) => {
      const starting = Array.from({ length: processCount }, () => bench.startServer(round, 'servers/admission.ts', [location]))
      const ports = (await Promise.all(starting)).map(({ port }) => port)
      return bench.measure({ ports, requests, connections }, durationMs)
    }
  },
}

/** The process that PostgreSQL's others are children of. */
async function findPostmaster(url: string): Promise<number> {
  if (process.platform !== 'linux') throw new NotMeasurable('reads CPU times from /proc, which Linux alone has')
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query('select pg_backend_pid() as pid')
  const { parent } = readStat(rows[0].pid)
  await client.end()
  return parent
}

const ticksMs = 10

/** The CPU time of a process and of its children, those that have ended included. */
function cpuMsOf(pid: number): number {
  let sum = runMs(pid) + readStat(pid).endedChildrenMs
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      if (readStat(Number(name)).parent === pid) sum += runMs(Number(name))
    } catch {
      // It has just ended, and its parent tells of it.
    }
  }
  return sum
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function readStat(pid: number): { parent: number; endedChildrenMs: number } {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The second field, a name in parentheses, may have anything in it.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return { parent: Number(fields[1]), endedChildrenMs: (Number(fields[13]) + Number(fields[14])) * ticksMs }
}

function runMs(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6
}
