import { type Bench, residentBytes } from '../bench.ts'
import type { Side } from '../line.ts'
import type { LoadResult } from '../load.ts'
import { getRequest } from '../requests.ts'
import { seedManyKeys } from '../seeds/many-keys.ts'
import { connections } from './measure-server.ts'

export interface WithMemory extends LoadResult {
  /** What the server has in memory after the round. */
  readonly residentBytes: number
}

/** How long all keys are asked for in turn until each was, and how often at most. */
const passMs = 2_000
const maxPasses = 30

function tableSide(name: string, folderOf: (bench: Bench) => string, keyCountOf: (bench: Bench) => number): Side<WithMemory> {
  return {
    name,
    async open(bench) {
      const { location, inUse } = await seedManyKeys(folderOf(bench), keyCountOf(bench), bench.options.keyCount)
      const requests = inUse.map(({ secret }) => getRequest('/admitted', { 'x-api-key': secret }))
      return async (round, durationMs) => {
        const { port, pid } = await bench.startServer(round, 'servers/admission.ts', [location])
        const load = { ports: [port], requests, connections }
        // It warms up, and what is in use lies in the system's memory then, as once a server has run for a while. A file from an earlier run does not.
        for (let left = maxPasses; left > 0 && (await bench.run({ ...load, durationMs: passMs })).answered < requests.length; left--);
        const result = await bench.run({ ...load, durationMs })
        return { ...result, residentBytes: residentBytes(pid) }
      }
    },
  }
}

/** Admitted with no more keys in the table than are in use. */
export const fewKeys = tableSide(
  'few-keys',
  (bench) => bench.folder,
  (bench) => bench.options.keyCount,
)

/** Admitted with many more keys in the table than are in use. */
export const manyKeys = tableSide(
  'many-keys',
  (bench) => bench.options.cacheFolder ?? bench.folder,
  (bench) => bench.options.manyKeyCount,
)
