import type { Database } from '../database/database.ts'
import { keepDoing } from '../keep-doing.ts'
import { deletePastNotices } from './delete-past-notices.ts'
import { warnOfExpiry } from './warn-of-expiry.ts'

const pauseMs = 3_600_000

/**
 * Has people warned of what expires, and forgets past notices, now and hourly. Returns what stops it, as keepDoing does.
 * @param onError told of what failed; it is tried again the next time
 */
export function keepWarning(database: Database, onError: (error: unknown) => void): () => Promise<void> {
  return keepDoing(async (isStopped) => {
    await warnOfExpiry(database, isStopped).catch(onError)
    if (!isStopped()) await deletePastNotices(database, isStopped).catch(onError)
  }, pauseMs)
}
