import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs'
import { open, opendir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { LeafPadError } from '../errors.ts'
import { type FileStore, type ListedFile, MissingFileError, type StoredFile } from './file-store.ts'

/** Where files are while they are being written. */
const incoming = 'incoming'

/** Files are spread over 256 folders by the first two characters of their name. */
const shards = Array.from({ length: 256 }, (_, index) => index.toString(16).padStart(2, '0'))

const fileKeyShape = /^(?:[0-9a-f]{2}|incoming)\/[0-9a-f]{32}$/

/**
 * A file store in a folder of its own, made where missing; only this user can read it (folders 0700, files 0600). A file is
 * written beside the others, synced, renamed to its name and the rename synced, so that under its name it is whole or not there.
 */
export function openDiskFileStore(folder: string): FileStore {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700)
  for (const name of [incoming, ...shards]) mkdirSync(join(folder, name), { recursive: true, mode: 0o700 })
  // What will be synced into these folders is worth nothing if a crash takes the folders themselves.
  for (const made of [folder, dirname(folder)]) syncFolderNow(made)
  return new DiskFileStore(folder)
}

class DiskFileStore implements FileStore {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  async put(content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<StoredFile> {
    const name = randomBytes(16).toString('hex')
    const shard = name.slice(0, 2)
    const fileKey = `${shard}/${name}`
    const temporary = this.#path(`${incoming}/${name}`)
    try {
      const written = await write(temporary, content)
      await onDisk(rename(temporary, this.#path(fileKey)))
      await onDisk(syncFolder(join(this.#folder, shard)))
      return { fileKey, ...written }
    } catch (error) {
      await Promise.allSettled([rm(temporary, { force: true }), this.delete(fileKey)])
      throw error
    }
  }

  async read(fileKey: string): Promise<Readable> {
    const file = await open(this.#path(fileKey)).catch((error) => {
      throw isMissing(error) ? new MissingFileError(`there is no file ${fileKey}`, { cause: error }) : unavailable(error)
    })
    return file.createReadStream()
  }

  async delete(fileKey: string): Promise<void> {
    await onDisk(rm(this.#path(fileKey), { force: true }))
  }

  async *list(): AsyncGenerator<ListedFile> {
    for (const folder of [incoming, ...shards]) {
      for await (const { name } of await opendir(join(this.#folder, folder))) {
        const fileKey = `${folder}/${name}`
        if (!fileKeyShape.test(fileKey)) continue
        const found = await stat(this.#path(fileKey)).catch((error) => {
          if (!isMissing(error)) throw error
        })
        if (found !== undefined) yield { fileKey, writtenAt: Math.floor(found.mtimeMs) }
      }
    }
  }

  #path(fileKey: string): string {
    if (!fileKeyShape.test(fileKey)) throw new MissingFileError(`${JSON.stringify(fileKey)} is no name of a file here`)
    return join(this.#folder, fileKey)
  }
}

async function write(path: string, content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Omit<StoredFile, 'fileKey'>> {
  const hash = createHash('sha256')
  let size = 0
  const file = await onDisk(open(path, 'wx', 0o600))
  try {
    for await (const chunk of content) {
      hash.update(chunk)
      size += chunk.byteLength
      await onDisk(file.writeFile(chunk))
    }
    await onDisk(file.sync())
    const { mtimeMs } = await onDisk(file.stat())
    return { size, sha256: hash.digest('hex'), writtenAt: Math.floor(mtimeMs) }
  } finally {
    await file.close()
  }
}

async function syncFolder(path: string) {
  const folder = await open(path)
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

function syncFolderNow(path: string) {
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}

async function onDisk<Result>(operation: Promise<Result>): Promise<Result> {
  try {
    return await operation
  } catch (error) {
    throw unavailable(error)
  }
}

function unavailable(cause: unknown): LeafPadError {
  const detail = 'The server cannot read or write files at the moment. Try again later; whoever runs it finds the reason in its log.'
  return new LeafPadError('files_unavailable', { detail }, cause)
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT'
}
