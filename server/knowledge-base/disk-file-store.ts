import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, closeSync, existsSync, fstatSync, fsyncSync, mkdirSync, openSync, readdirSync } from 'node:fs'
import { link, mkdir, open, opendir, readFile, rename, rm, stat, utimes } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { LeafPadError } from '../errors.ts'
import { inBatches } from './batches.ts'
import { type FileStore, type ListedFile, MissingFileError, type StoredFile, type StoreOwner } from './file-store.ts'

/** Where files are while they are being written. */
const incoming = 'incoming'

/** Where files go that no document has, in folders of the same names. */
const trash = 'trash'

/** The file that says whose documents' files these are. */
const marker = 'database-id'

/** Files are spread over 256 folders. Those put at the same time share one, so that they share the sync of it. */
const shards = Array.from({ length: 256 }, (_, index) => index.toString(16).padStart(2, '0'))

const fileKeyShape = /^(?:trash\/)?(?:[0-9a-f]{2}|incoming)\/[0-9a-f]{32}$/

/**
 * A file store in a folder of its own, made where missing; only this user can read it (folders 0700, files 0600). A file is
 * written beside the others, synced, renamed to its name and the rename synced, so that under its name it is whole or not there.
 */
export function openDiskFileStore(folder: string): FileStore {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700)
  const there = new Set(readdirSync(folder))
  for (const name of [incoming, trash, ...shards]) if (!there.has(name)) mkdirSync(join(folder, name), { recursive: true, mode: 0o700 })
  // What will be synced into these folders is worth nothing if a crash takes the folders themselves.
  for (const made of [folder, dirname(folder)]) syncFolderNow(made)
  return new DiskFileStore(folder)
}

class DiskFileStore implements FileStore {
  readonly #folder: string
  #shard = randomShard()

  constructor(folder: string) {
    this.#folder = folder
  }

  async put(content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<StoredFile> {
    const name = randomName()
    const temporary = this.#path(`${incoming}/${name}`)
    let fileKey: string | undefined
    try {
      const written = await write(temporary, content)
      const shard = this.#shard
      fileKey = `${shard}/${name}`
      await onDisk(rename(temporary, this.#path(fileKey)))
      await onDisk(this.#sync(shard))
      return { fileKey, ...written }
    } catch (error) {
      await Promise.allSettled([rm(temporary, { force: true }), fileKey !== undefined && this.delete(fileKey)])
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

  list(): AsyncGenerator<ListedFile> {
    return this.#list('')
  }

  async trash(fileKey: string, trashedAt: number): Promise<void> {
    const path = this.#path(fileKey)
    const inTrash = this.#path(`${trash}/${fileKey}`)
    try {
      await mkdir(dirname(inTrash), { recursive: true, mode: 0o700 })
      // Before the move: a crash in between makes the file young again, and not old in the trash.
      await utimes(path, trashedAt / 1000, trashedAt / 1000)
      await rename(path, inTrash)
    } catch (error) {
      if (!isMissing(error)) throw unavailable(error)
    }
  }

  listTrash(): AsyncGenerator<ListedFile> {
    return this.#list(`${trash}/`)
  }

  async claim(databaseId: string): Promise<StoreOwner> {
    const path = join(this.#folder, marker)
    // All but the first time somebody has; then there is nothing to write.
    if (!existsSync(path)) await this.#mark(path, databaseId)
    // Whoever has written it may not have come this far yet.
    await syncFolder(this.#folder)
    return { databaseId: (await readFile(path, 'utf8')).trim(), marker: path, place: this.#folder }
  }

  /** Writes the marker, unless somebody else does at the same time. */
  async #mark(path: string, databaseId: string): Promise<void> {
    const temporary = this.#path(`${incoming}/${randomName()}`)
    try {
      await write(temporary, [Buffer.from(`${databaseId}\n`)])
      // Unlike a rename, a link does not replace what is there; and what is there is whole.
      await link(temporary, path).catch((error) => {
        if (error.code !== 'EEXIST') throw error
      })
    } finally {
      await rm(temporary, { force: true })
    }
  }

  async *#list(prefix: string): AsyncGenerator<ListedFile> {
    for (const folder of [incoming, ...shards]) {
      const entries = await opendir(join(this.#folder, prefix, folder)).catch((error) => {
        if (prefix === '' || !isMissing(error)) throw error
      })
      for await (const { name } of entries ?? []) {
        const fileKey = `${prefix}${folder}/${name}`
        if (!fileKeyShape.test(fileKey)) continue
        const found = await stat(this.#path(fileKey)).catch((error) => {
          if (!isMissing(error)) throw error
        })
        if (found !== undefined) yield { fileKey, writtenAt: Math.floor(found.mtimeMs) }
      }
    }
  }

  /** Resolves when a sync that began after the call has ended. One is under way at a time, for all who asked before it began. */
  readonly #sync = inBatches<string, void>({
    act: async (asked) => {
      const synced = [...new Set(asked)].map((shard) => syncFolder(join(this.#folder, shard)))
      this.#shard = randomShard()
      await Promise.all(synced)
      return []
    },
    maxBatch: Infinity,
  })

  #path(fileKey: string): string {
    if (!fileKeyShape.test(fileKey)) throw new MissingFileError(`${JSON.stringify(fileKey)} is no name of a file here`)
    return join(this.#folder, fileKey)
  }
}

function randomName(): string {
  return randomBytes(16).toString('hex')
}

function randomShard(): string {
  return randomBytes(1).toString('hex')
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
    // Of a file that is open and synced, this waits for no disk.
    const { mtimeMs } = fstatSync(file.fd)
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
