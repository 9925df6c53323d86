import { join } from 'node:path'
import { openDatabase } from '../../server/database/database.ts'
import { migrate } from '../../server/database/migrate.ts'
import type { Bench, RunningServer } from '../bench.ts'
import type { Side } from '../line.ts'
import type { LoadResult } from '../load.ts'
import { getRequest } from '../requests.ts'
import type { Scope } from '../scope.ts'
import { seedKeysInUse } from '../seeds/keys-in-use.ts'
import { limitKeys } from '../seeds/limit-keys.ts'
import { connections, measureServer } from './measure-server.ts'

interface Embedded {
  readonly location: string
  readonly requests: readonly string[]
}

const openRequests = [getRequest('/open')]

/** An embedded database with all its keys in use, free ones or such as everything that can limit a key limits. */
function openEmbedded(bench: Bench, keys: 'free' | 'limited'): Promise<Embedded> {
  return bench.once(`embedded-${keys}`, async () => {
    const location = join(bench.folder, keys, 'leafpad.db')
    const database = openDatabase({ location })
    await migrate(database)
    const inUse = await seedKeysInUse(database, bench.options.keyCount)
    if (keys === 'limited') await limitKeys(database)
    await database.close()
    return { location, requests: inUse.map(({ secret }) => getRequest('/admitted', { 'x-api-key': secret })) }
  })
}

/** The product's server on it, once both of its routes have been in use. */
function startEmbedded(bench: Bench, round: Scope, keys: 'free' | 'limited', { location, requests }: Embedded): Promise<RunningServer> {
  return round.once(`embedded-${keys}`, async () => {
    const server = await bench.startServer(round, 'servers/admission.ts', [location])
    for (const warming of [openRequests, requests]) await bench.warmUp({ ports: [server.port], requests: warming, connections })
    return server
  })
}

function embeddedSide(
  name: string,
  path: 'open' | 'admitted',
  connectionCount: number,
  keys: 'free' | 'limited' = 'free',
): Side<LoadResult> {
  return {
    name,
    async open(bench) {
      const embedded = await openEmbedded(bench, keys)
      const requests = path === 'open' ? openRequests : embedded.requests
      return async (round, durationMs) => {
        const { port } = await startEmbedded(bench, round, keys, embedded)
        return bench.measure({ ports: [port], requests, connections: connectionCount }, durationMs)
      }
    },
  }
}

/** The route in front of the public door: what there is without admission. */
export const open = embeddedSide('open', 'open', connections)

/** The same handler behind the public door. */
export const admitted = embeddedSide('admitted', 'admitted', connections)

/** The same, with keys that have permissions and networks of their own, in organizations with a policy. */
export const limited = embeddedSide('limited', 'admitted', connections, 'limited')

/** The first two for a lone client that sends one request after another. */
export const loneOpen = embeddedSide('lone-open', 'open', 1)
export const loneAdmitted = embeddedSide('lone-admitted', 'admitted', 1)

/** One commit after another on the same disk. */
export const commits: Side<{ readonly p50Ms: number }> = {
  name: 'commits',
  async open(bench) {
    const location = join(bench.folder, 'commits.db')
    return async (round, durationMs) => {
      const server = await bench.startServer(round, 'servers/commits.ts', [location])
      return (await server.ask({ durationMs })) as { p50Ms: number }
    }
  },
}

/** `node:http` alone. */
export const bare: Side<LoadResult> = {
  name: 'bare',
  open: async (bench) => measureServer(bench, 'servers/bare.ts', [], [getRequest('/')]),
}
