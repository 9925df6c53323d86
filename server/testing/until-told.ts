import { setImmediate } from 'node:timers/promises'

/** Resolves once of each request that was answered so far all is told: its line in the log, its figures, its place among a key's last requests. */
export async function untilTold(): Promise<void> {
  // An answer is there before its request has ended, and what is told of it waits for three turns of the event loop.
  for (let turn = 0; turn < 6; turn++) await setImmediate()
}
