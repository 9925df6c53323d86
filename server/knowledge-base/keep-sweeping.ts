import { emptyTrash } from './empty-trash.ts'
import type { KnowledgeBase } from './knowledge-base.ts'
import { sweepFiles } from './sweep-files.ts'

const pauseMs = 3_600_000

/**
 * Sweeps the file store and empties its trash, now and an hour after each time that this has ended. Keeps no process alive. Returns what stops it, which
 * resolves when a sweep that was under way has ended.
 * @param onError told of a sweep that failed; the next one is made all the same
 */
export function keepSweeping(
  knowledgeBase: Pick<KnowledgeBase, 'database' | 'files' | 'now'>,
  onError: (error: unknown) => void,
): () => Promise<void> {
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  const sweep = async () => {
    try {
      await sweepFiles(knowledgeBase, () => stopped)
      await emptyTrash(knowledgeBase, () => stopped)
    } catch (error) {
      onError(error)
    }
    if (!stopped) timer = setTimeout(() => (underWay = sweep()), pauseMs).unref()
  }
  let underWay = sweep()
  return async () => {
    stopped = true
    clearTimeout(timer)
    await underWay
  }
}
