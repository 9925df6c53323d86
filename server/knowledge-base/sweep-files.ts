import { type KnowledgeBase, sweepAgeMs } from './knowledge-base.ts'

const batchSize = 500

/**
 * Moves the files that no document has to the trash, left by crashes, by a lost answer to a commit and by the deletion of organizations,
 * and returns how many. Safe beside every other process: a file younger than an hour is left alone, whosever it is, and a
 * creation does not use a file that has waited for half of that.
 * @param isStopped asked now and then; true ends the sweep early
 */
export async function sweepFiles(
  { database, files, now }: Pick<KnowledgeBase, 'database' | 'files' | 'now'>,
  isStopped: () => boolean = () => false,
): Promise<number> {
  const sweptBefore = now() - sweepAgeMs
  let swept = 0
  const sweep = async (fileKeys: readonly string[]) => {
    if (fileKeys.length === 0) return
    const rows = await database.kysely.selectFrom('document').select('fileKey').where('fileKey', 'in', fileKeys).execute()
    const kept = new Set(rows.map(({ fileKey }) => fileKey))
    for (const fileKey of fileKeys) {
      if (kept.has(fileKey) || isStopped()) continue
      await files.trash(fileKey, now())
      swept++
    }
  }
  let batch: string[] = []
  for await (const { fileKey, writtenAt } of files.list()) {
    if (isStopped()) break
    if (writtenAt >= sweptBefore) continue
    batch.push(fileKey)
    if (batch.length < batchSize) continue
    await sweep(batch)
    batch = []
  }
  await sweep(batch)
  return swept
}
