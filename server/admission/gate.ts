import type { Asked, Verdict } from './verdict.ts'

/** Decides requests in one database. One implementation a database; all pass the same contract suite. */
export interface Gate {
  /** How many batches may be under way at once. */
  readonly maxInFlight: number
  /**
   * Decides a batch and answers in its order, after the commit. Atomic across processes: a key is never granted more than its
   * quota in a day, whatever the interleaving. Rejects with GateUnavailableError when the database cannot be asked or its
   * answer was lost; the batch may then have been counted, and is not tried again.
   */
  decide(batch: readonly Asked[]): Promise<Verdict[]>
  /** Ends the gate's connections; what is under way is answered first. */
  close(): Promise<void>
}

/** Rejected with when there is no verdict. The requests are answered `503`. */
export class GateUnavailableError extends Error {
  override name = 'GateUnavailableError'
}
