import { deletePastEvents } from '../audit/delete-past-events.ts'
import type { Database } from '../database/database.ts'
import { deletePastAttempts } from './delete-past-attempts.ts'
import { eraseMemberlessOrganizations } from './erase-memberless-organizations.ts'

const pauseMs = 3_600_000

/**
 * Ends the deletions of organizations that were begun, and forgets past attempts and events of accounts, now and an hour after each time that this has ended.
 * Keeps no process alive. Returns what stops it, which resolves when what was under way has ended.
 * @param onError told of what failed; it is tried again the next time
 */
export function keepErasing(database: Database, onError: (error: unknown) => void): () => Promise<void> {
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  const erase = async () => {
    await eraseMemberlessOrganizations(database, () => stopped).catch(onError)
    if (!stopped) await deletePastAttempts(database).catch(onError)
    if (!stopped) await deletePastEvents(database, () => stopped).catch(onError)
    if (!stopped) timer = setTimeout(() => (underWay = erase()), pauseMs).unref()
  }
  let underWay = erase()
  return async () => {
    stopped = true
    clearTimeout(timer)
    await underWay
  }
}
