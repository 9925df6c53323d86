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
  /** As in StoredFile; of a file in the trash: when it was put there. */
  readonly writtenAt: number
}

/** Whose documents' files a store keeps. */
export interface StoreOwner {
  readonly databaseId: string
  /** Where the store keeps this, and where the store is, as people name them: two paths, or two addresses in a bucket. */
  readonly marker: string
  readonly place: string
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
  /** Removes a file, from the store or from its trash; one that is not there is no failure. */
  delete(fileKey: string): Promise<void>
  /** Every file in the store, those of unfinished and of interrupted puts too, in no order; not those in the trash. */
  list(): AsyncIterable<ListedFile>
  /** Moves a file to the trash as of an instant, whence people can get it back; one that is not there is no failure. */
  trash(fileKey: string, trashedAt: number): Promise<void>
  /** Every file in the trash, by the name that `delete` takes. */
  listTrash(): AsyncIterable<ListedFile>
  /** Makes the store that of a database if it is nobody's yet; says whose it is, for good. Exact whatever claims it at once. */
  claim(databaseId: string): Promise<StoreOwner>
}

/** Rejected with for a name that the store has no file of. */
export class MissingFileError extends Error {
  override name = 'MissingFileError'
}
