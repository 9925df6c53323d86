import type { Config } from '../config.ts'
import type { Database } from '../database/database.ts'
import type { FileStore } from './file-store.ts'

/** What the operations of the knowledge base work with. */
export interface KnowledgeBase {
  readonly database: Database
  readonly files: FileStore
  readonly config: Pick<Config, 'maxFileBytes' | 'maxStorageBytes' | 'publicLinks' | 'publicUrl'>
  /** Milliseconds since 1970, UTC. */
  readonly now: () => number
  /** Told why a file that has no document any more could not be removed. The sweep takes it later. */
  onFileLeft(error: unknown): void
}

/**
 * How old a file must be before the sweep may take it for one without a document. A creation gives its file up at half of
 * this age, so that a file never gets its document after the sweep has judged it.
 */
export const sweepAgeMs = 3_600_000

/** How long a file stays in the trash before it is removed for good. */
export const trashAgeMs = 7 * 86_400_000
