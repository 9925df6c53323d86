import { type KnowledgeBase, trashAgeMs } from './knowledge-base.ts'

/**
 * Removes for good the files that have been in the trash for a week, and returns how many.
 * @param isStopped asked before each; true ends it early
 */
export async function emptyTrash(
  { files, now }: Pick<KnowledgeBase, 'files' | 'now'>,
  isStopped: () => boolean = () => false,
): Promise<number> {
  const trashedBefore = now() - trashAgeMs
  let removed = 0
  for await (const { fileKey, writtenAt } of files.listTrash()) {
    if (isStopped()) break
    if (writtenAt >= trashedBefore) continue
    await files.delete(fileKey)
    removed++
  }
  return removed
}
