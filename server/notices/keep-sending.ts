import { keepDoing } from '../keep-doing.ts'
import { type Attempt, type Mailing, sendNextNotice } from './send-next-notice.ts'

/** How often it is looked whether anything is to be sent. */
const pauseMs = 5_000

/**
 * Sends what is due, one notice after the other, until there is none, now and every five seconds. Returns what stops it, as keepDoing does.
 * @param onAttempt told what became of each notice
 * @param onError told when the database could not be asked; that is tried again the next time
 */
export function keepSending(
  mailing: Mailing,
  onAttempt: (attempt: Attempt) => void,
  onError: (error: unknown) => void,
): () => Promise<void> {
  return keepDoing(async (isStopped) => {
    try {
      while (!isStopped()) {
        const attempt = await sendNextNotice(mailing)
        if (attempt === undefined) return
        onAttempt(attempt)
      }
    } catch (error) {
      onError(error)
    }
  }, pauseMs)
}
