import type { Bench } from '../bench.ts'
import type { Measure } from '../line.ts'
import type { LoadResult } from '../load.ts'

export const connections = 64

/** How to measure a server of the bench that is started for the round, with one load. */
export function measureServer(
  bench: Bench,
  script: string,
  scriptArguments: readonly string[],
  requests: readonly string[],
  programs = bench.options.programs,
): Measure<LoadResult> {
  return async (round, durationMs) => {
    const { port } = await bench.startServer(round, script, scriptArguments, programs)
    return bench.measure({ ports: [port], requests, connections }, durationMs)
  }
}
