import { benchBuild, haveBuild } from '../server/have-build.ts'
import { Bench, type BenchOptions } from './bench.ts'
import { type Line, type Measure, NotMeasurable, type Side } from './line.ts'
import { Scope } from './scope.ts'

export interface RunOptions extends Omit<BenchOptions, 'programs'> {
  readonly lines: readonly Line[]
  readonly rounds: number
  /** How long a side is measured in a round. */
  readonly roundMs: number
  /** Told what is going on. */
  tell(text: string): void
}

/** A line as it was measured. */
export interface Result {
  readonly line: Line
  /** A figure for each round; none when it was not measured. */
  readonly figures: readonly number[]
  /** Why it was not measured. */
  readonly missing: string | undefined
  /** Whether it failed, rather than cannot be had here. */
  readonly failed: boolean
}

/**
 * Measures lines: all of their sides in turn, round after round, so that what happens on the machine meanwhile happens to both sides of
 * a ratio. Servers are started anew for each round, since processes of one program differ for as long as they live. A side that fails takes its
 * lines along and nothing else.
 */
export async function runBench({ lines, rounds, roundMs, tell, ...options }: RunOptions): Promise<Result[]> {
  const programs = await haveBuild(benchBuild, tell)
  if (programs === null) throw new Error('What builds the programs of the bench is not installed: npm ci installs it.')
  const bench = new Bench({ ...options, programs })
  const sides = [...new Set(lines.flatMap((line) => line.sides))]
  const errors = new Map<Side, Error>()
  const samples = new Map<Side, unknown[]>()
  const measures = new Map<Side, Measure<unknown>>()

  async function attempt(side: Side, work: () => Promise<void>) {
    if (errors.has(side)) return
    try {
      await work()
    } catch (error) {
      errors.set(side, error as Error)
      tell(`${side.name}: ${error instanceof NotMeasurable ? error.message : (error as Error).stack}`)
    }
  }

  async function measureRound() {
    const round = new Scope()
    try {
      for (const side of sides) {
        await attempt(side, async () => {
          const sample = await measures.get(side)!(round, roundMs)
          samples.set(side, [...(samples.get(side) ?? []), sample])
        })
      }
    } finally {
      await round.close()
    }
  }

  try {
    for (const side of sides) {
      await attempt(side, async () => {
        tell(`preparing ${side.name}`)
        measures.set(side, await side.open(bench))
      })
    }
    for (let round = 1; round <= rounds; round++) {
      await measureRound()
      tell(`round ${round} of ${rounds}: ${sides.map((side) => summary(side, samples.get(side)?.[round - 1])).join(', ')}`)
    }
  } finally {
    await bench.close()
  }
  return lines.map((line) => toResult(line, rounds, samples, errors))
}

function toResult(line: Line, rounds: number, samples: ReadonlyMap<Side, unknown[]>, errors: ReadonlyMap<Side, Error>): Result {
  const error = line.sides.map((side) => errors.get(side)).find((found) => found !== undefined)
  if (error !== undefined) return { line, figures: [], missing: error.message, failed: !(error instanceof NotMeasurable) }
  const figures = Array.from({ length: rounds }, (_, round) =>
    line.figure(<Sample>(side: Side<Sample>) => samples.get(side)![round] as Sample),
  )
  return { line, figures, missing: undefined, failed: false }
}

function summary({ name }: Side, sample: unknown): string {
  if (sample === undefined) return `${name} –`
  const [figure = 'nothing'] = Object.entries(sample as Record<string, number>)
    .filter(([field]) => field !== 'answered' && field !== 'failed')
    .map(([field, value]) => `${field} ${value.toLocaleString('en', { maximumSignificantDigits: 4 })}`)
  return `${name} ${figure}`
}
