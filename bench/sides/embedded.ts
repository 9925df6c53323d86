import { join } from 'node:path'
import { openDatabase } from '../../server/database/database.ts'
import { migrate } from '../../server/database/migrate.ts'
import type { Bench, RunningServer } from '../bench.ts'
import type { Side } from '../line.ts'
import type { LoadResult } from '../load.ts'
import { getRequest } from '../requests.ts'
import { seedKeysInUse } from '../seeds/keys-in-use.ts'
import { limitKeys } from '../seeds/limit-keys.ts'

export const connections = 64

interface Embedded {
  readonly server: RunningServer
  readonly requests: readonly string[]
}

/** The product's server on the embedded database with all its keys in use, free ones or such as everything that can limit a key limits. */
function openEmbedded(bench: Bench, keys: 'free' | 'limited'): Promise<Embedded> {
  return bench.once(`embedded-${keys}`, async () => {
    const location = join(bench.folder, keys, 'leafpad.db')
    const database = openDatabase({ location })
    await migrate(database)
    const inUse = await seedKeysInUse(database, bench.options.keyCount)
    if (keys === 'limited') await limitKeys(database)
    await database.close()
    const server = await bench.startServer('servers/admission.ts', [location])
    return { server, requests: inUse.map(({ secret }) => getRequest('/admitted', { 'x-api-key': secret })) }
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
      const { server, requests } = await openEmbedded(bench, keys)
      const sent = path === 'open' ? [getRequest('/open')] : requests
      return (durationMs) => bench.run({ ports: [server.port], requests: sent, connections: connectionCount, durationMs })
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
    const server = await bench.startServer('servers/commits.ts', [join(bench.folder, 'commits.db')])
    return async (durationMs) => (await server.ask({ durationMs })) as { p50Ms: number }
  },
}

/** `node:http` alone. */
export const bare: Side<LoadResult> = {
  name: 'bare',
  async open(bench) {
    const { port } = await bench.startServer('servers/bare.ts')
    return (durationMs) => bench.run({ ports: [port], requests: [getRequest('/')], connections, durationMs })
  },
}
