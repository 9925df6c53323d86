import { setImmediate } from 'node:timers/promises'
import { type Database, readClock } from '../database/database.ts'

const keptMs = 60 * 86_400_000

/** Deleted at once: few enough that nobody waits long for the database. */
const deletedAtOnce = 1_000

/**
 * Deletes notices that were made more than 60 days ago: nobody is shown them any more, and what they keep from being told twice is past.
 * @param isStopped asked now and then; true ends it early
 */
export async function deletePastNotices(database: Database, isStopped: () => boolean = () => false): Promise<void> {
  const { kysely } = database
  const before = (await readClock(database)) - keptMs
  let deleted = deletedAtOnce
  while (deleted === deletedAtOnce && !isStopped()) {
    const past = kysely.selectFrom('notice').select('id').where('createdAt', '<', before).limit(deletedAtOnce)
    const { numDeletedRows } = await kysely.deleteFrom('notice').where('id', 'in', past).executeTakeFirstOrThrow()
    deleted = Number(numDeletedRows)
    // The embedded database answers at once: without a pause, nobody else would be served before the end.
    await setImmediate()
  }
}
