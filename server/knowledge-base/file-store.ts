import type { Readable } from 'node:stream'

/** Content that a store has taken. */
export interface StoredFile {
  /** Its name in the store, chosen by the store. */
  readonly fileKey: string
  /** Bytes. */
  readonly size: number
  /** SHA-256 of the content, hex. */
  readonly sha256: string
  /** When it was last written to, by the store's clock; milliseconds since 1970, UTC. */
  readonly writtenAt: number
}

export interface ListedFile {
  readonly fileKey: string
  /** As in StoredFile. */
  readonly writtenAt: number
}

/** Where the contents of documents are kept: a folder, or a bucket. Which documents there are is the database's to say. */
export interface FileStore {
  /**
   * Keeps content under a new name. Once it resolves, the content survives a crash. Rejects, leaving nothing, with what the
   * content itself threw, or with `files_unavailable`.
   */
  put(content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<StoredFile>
  /** The content, from its beginning. The caller reads it to the end or destroys it. Rejects with MissingFileError when there is none. */
  read(fileKey: string): Promise<Readable>
  /** Removes a file; one that is not there is no failure. */
  delete(fileKey: string): Promise<void>
  /** Every file in the store, those of unfinished and of interrupted puts too, in no order. */
  list(): AsyncIterable<ListedFile>
}

/** Rejected with for a name that the store has no file of. */
export class MissingFileError extends Error {
  override name = 'MissingFileError'
}
