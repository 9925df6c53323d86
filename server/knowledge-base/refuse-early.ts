import { fileTooLarge } from './check-content.ts'
import type { KnowledgeBase } from './knowledge-base.ts'
import { readStorage, storageFull } from './storage.ts'

/** How much longer than its file a multipart body may be before its length says anything about the file's. */
export const maxMultipartBytes = 65_536

/**
 * Refuses, before it is read, an upload that cannot succeed by its `Content-Length`: `body_too_large`, `storage_full`. A
 * courtesy: what it lets through is decided by what arrives and by the transaction.
 * @param contentLength bytes; 0 when it was not said
 */
export async function refuseEarly(
  { database, config }: Pick<KnowledgeBase, 'database' | 'config'>,
  organizationId: string,
  contentLength: number,
): Promise<void> {
  const atLeast = contentLength - maxMultipartBytes
  if (atLeast > config.maxFileBytes) throw fileTooLarge(config.maxFileBytes)
  const storage = await readStorage(database.kysely, organizationId, config.maxStorageBytes)
  if (storage.leftBytes === 0 || atLeast > storage.leftBytes) throw storageFull(storage)
}
