import type { Bench } from './bench.ts'
import type { Scope } from './scope.ts'

/** Something that is measured, round after round, in turn with the others. Lines may share it. */
export interface Side<Sample = unknown> {
  readonly name: string
  /** Makes what it needs for all rounds, and says how to measure it in one. Rejects with NotMeasurable where it cannot be had here. */
  open(bench: Bench): Promise<Measure<Sample>>
}

/** Measures a side once, for about that long. What it starts for that ends with the round. */
export type Measure<Sample> = (round: Scope, durationMs: number) => Promise<Sample>

/** A row of the table. */
export interface Line {
  /** What `--only` calls it. */
  readonly name: string
  readonly says: string
  /** Decimals of its figures. */
  readonly digits: number
  /** The figure that must be reached, and the one to try for; a line without them is there for orientation. */
  readonly must?: Mark
  readonly aim?: Mark
  readonly sides: readonly Side[]
  /** The line's figure in a round, of what was measured in it. */
  figure(of: <Sample>(side: Side<Sample>) => Sample): number
}

export type Mark = { readonly atLeast: number } | { readonly atMost: number }

/** Why a side cannot be measured here, and how it could be. */
export class NotMeasurable extends Error {
  override name = 'NotMeasurable'
}

export function meets(figure: number, mark: Mark): boolean {
  return 'atLeast' in mark ? figure >= mark.atLeast : figure <= mark.atMost
}

export function atLeast(figure: number): Mark {
  return { atLeast: figure }
}

export function atMost(figure: number): Mark {
  return { atMost: figure }
}
