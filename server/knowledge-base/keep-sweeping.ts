import { keepDoing } from '../keep-doing.ts'
import { emptyTrash } from './empty-trash.ts'
import type { KnowledgeBase } from './knowledge-base.ts'
import { sweepFiles } from './sweep-files.ts'

const pauseMs = 3_600_000

/**
 * Sweeps the file store and empties its trash, now and hourly. Returns what stops it, as keepDoing does.
 * @param onError told of a sweep that failed; the next one is made all the same
 */
export function keepSweeping(
  knowledgeBase: Pick<KnowledgeBase, 'database' | 'files' | 'now'>,
  onError: (error: unknown) => void,
): () => Promise<void> {
  return keepDoing(async (isStopped) => {
    try {
      await sweepFiles(knowledgeBase, isStopped)
      await emptyTrash(knowledgeBase, isStopped)
    } catch (error) {
      onError(error)
    }
  }, pauseMs)
}
