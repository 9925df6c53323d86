import { deletePastEvents } from '../audit/delete-past-events.ts'
import type { Database } from '../database/database.ts'
import { keepDoing } from '../keep-doing.ts'
import { deletePastAttempts } from './delete-past-attempts.ts'
import { eraseMemberlessOrganizations } from './erase-memberless-organizations.ts'

const pauseMs = 3_600_000

/**
 * Ends the deletions of organizations that were begun, and forgets past attempts and events of accounts, now and hourly. Returns what stops
 * it, as keepDoing does.
 * @param onError told of what failed; it is tried again the next time
 */
export function keepErasing(database: Database, onError: (error: unknown) => void): () => Promise<void> {
  return keepDoing(async (isStopped) => {
    await eraseMemberlessOrganizations(database, isStopped).catch(onError)
    if (!isStopped()) await deletePastAttempts(database).catch(onError)
    if (!isStopped()) await deletePastEvents(database, isStopped).catch(onError)
  }, pauseMs)
}
