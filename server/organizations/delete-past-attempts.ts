import { type Database, readClock } from '../database/database.ts'

/** Far beyond the longest time an attempt counts for, and beyond what clocks differ by. */
const keptMs = 86_400_000

/**
 * Deletes the counts of attempts whose last one is more than a day old. better-auth does so itself only when an address whose time
 * is over comes again, so that those which never do would stay.
 */
export async function deletePastAttempts(database: Database): Promise<void> {
  const before = (await readClock(database)) - keptMs
  await database.kysely.deleteFrom('rateLimit').where('lastRequest', '<', before).execute()
}
