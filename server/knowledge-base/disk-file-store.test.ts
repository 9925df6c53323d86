import assert from 'node:assert/strict'
import { execSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { it } from 'node:test'
import fc from 'fast-check'
import { LeafPadError } from '../errors.ts'
import { makeTestFolder } from '../testing/knowledge-base.ts'
import { openDiskFileStore } from './disk-file-store.ts'
import { type ListedFile, MissingFileError } from './file-store.ts'

const filesIn = (folder: string) => readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())

it('gives back what it was given, with its size and SHA-256', async (t) => {
  const store = openDiskFileStore(makeTestFolder(t))
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 5 }), async (chunks) => {
      const content = Buffer.concat(chunks)
      const stored = await store.put(chunks)
      assert.equal(stored.size, content.length)
      assert.equal(stored.sha256, createHash('sha256').update(content).digest('hex'))
      assert.deepEqual(await buffer(await store.read(stored.fileKey)), content)
    }),
    { numRuns: 30 },
  )
})

it('keeps files and folders from other users', async (t) => {
  const folder = makeTestFolder(t)
  chmodSync(folder, 0o755)
  const store = openDiskFileStore(folder)
  const { fileKey } = await store.put([Buffer.from('x')])
  assert.equal(statSync(folder).mode & 0o777, 0o700)
  assert.equal(statSync(join(folder, fileKey, '..')).mode & 0o777, 0o700)
  assert.equal(statSync(join(folder, fileKey)).mode & 0o777, 0o600)
})

it('has synced the whole file under another name, and then the folder with its name, when it says that it is kept', async (t) => {
  const folder = makeTestFolder(t)
  const store = openDiskFileStore(folder)
  const synced: object[] = []
  const any = await open(folder)
  const handles = Object.getPrototypeOf(any)
  await any.close()
  const { sync } = handles
  t.mock.method(handles, 'sync', async function (this: FileHandle) {
    const { ino, size } = await this.stat()
    await sync.call(this)
    synced.push({ ino, size, named: filesIn(folder).some(({ parentPath }) => !parentPath.endsWith('incoming')) })
  })
  const { fileKey } = await store.put([Buffer.from('half '), Buffer.from('and half')])
  const [file, shard] = [statSync(join(folder, fileKey)), statSync(join(folder, fileKey, '..'))]
  assert.deepEqual(synced, [
    { ino: file.ino, size: 13, named: false },
    { ino: shard.ino, size: shard.size, named: true },
  ])
})

it('leaves nothing when the content fails, and throws what it threw', async (t) => {
  const folder = makeTestFolder(t)
  const store = openDiskFileStore(folder)
  let closed = false
  async function* content() {
    try {
      yield Buffer.from('half')
      assert.equal(filesIn(folder).length, 1)
      throw new RangeError('enough')
    } finally {
      closed = true
    }
  }
  await assert.rejects(store.put(content()), RangeError)
  assert.deepEqual(filesIn(folder), [])
  assert.ok(closed)
})

it('says files_unavailable when the disk cannot be written, and asks the content for no more', async (t) => {
  const folder = makeTestFolder(t)
  const store = openDiskFileStore(folder)
  renameSync(join(folder, 'incoming'), join(folder, 'elsewhere'))
  function* content() {
    yield assert.fail('it was asked')
  }
  await assert.rejects(
    store.put(content()),
    (error) => error instanceof LeafPadError && error.code === 'files_unavailable' && error.cause instanceof Error,
  )
})

it('reads and deletes nothing outside its folder', async (t) => {
  const store = openDiskFileStore(makeTestFolder(t))
  for (const fileKey of ['../leafpad.db', 'ab/../../x', '/etc/passwd', 'ab/\0', '']) {
    await assert.rejects(store.read(fileKey), MissingFileError)
    await assert.rejects(store.delete(fileKey), MissingFileError)
  }
})

it('has no failure for deleting what is gone, and MissingFileError for reading it', async (t) => {
  const store = openDiskFileStore(makeTestFolder(t))
  const { fileKey } = await store.put([Buffer.from('x')])
  await store.delete(fileKey)
  await store.delete(fileKey)
  await assert.rejects(store.read(fileKey), MissingFileError)
})

it('lists what is there, unfinished files too, and nothing that is not its own', async (t) => {
  const folder = makeTestFolder(t)
  const store = openDiskFileStore(folder)
  const { fileKey, writtenAt } = await store.put([Buffer.from('x')])
  const unfinished = `incoming/${'0'.repeat(32)}`
  writeFileSync(join(folder, unfinished), 'half')
  writeFileSync(join(folder, 'ab', 'README'), 'not ours')
  const listed = await all(store.list())
  assert.deepEqual(listed.map((file) => file.fileKey).sort(), [fileKey, unfinished].sort())
  assert.equal(listed.find((file) => file.fileKey === fileKey)?.writtenAt, writtenAt)
})

it('puts in the trash what can be moved back, and lists it there alone, as of when it was put there', async (t) => {
  const folder = makeTestFolder(t)
  const store = openDiskFileStore(folder)
  const { fileKey } = await store.put([Buffer.from('x')])
  await store.trash(fileKey, 1_000_000)
  await store.trash(fileKey, 2_000_000)
  assert.deepEqual(await all(store.list()), [])
  assert.deepEqual(await all(store.listTrash()), [{ fileKey: `trash/${fileKey}`, writtenAt: 1_000_000 }])
  assert.equal(statSync(join(folder, 'trash', fileKey)).mode & 0o777, 0o600)
  await assert.rejects(store.read(fileKey), MissingFileError)
  // As docs/knowledge-base.md says.
  execSync('cp -a trash/?? .', { cwd: folder })
  assert.equal((await buffer(await store.read(fileKey))).toString(), 'x')
  await store.delete(`trash/${fileKey}`)
  assert.deepEqual(await all(store.listTrash()), [])
  assert.equal((await all(store.list())).length, 1)
})

it('belongs to whoever claimed it first, also of many at once and after it was opened again', async (t) => {
  const folder = makeTestFolder(t)
  const owners = await Promise.all(Array.from({ length: 10 }, (_, index) => openDiskFileStore(folder).claim(`db_${index}`)))
  const { databaseId } = owners[0]!
  assert.match(databaseId, /^db_\d$/)
  for (const owner of [...owners, await openDiskFileStore(folder).claim('db_late')]) {
    assert.deepEqual(owner, { databaseId, marker: join(folder, 'database-id'), place: folder })
  }
  assert.deepEqual(await all(openDiskFileStore(folder).list()), [])
})

it('syncs a folder once for files that are put at the same time', async (t) => {
  const folder = makeTestFolder(t)
  const store = openDiskFileStore(folder)
  const stored = await Promise.all(Array.from({ length: 100 }, (_, index) => store.put([Buffer.from(`${index}`)])))
  const shards = new Set(stored.map(({ fileKey }) => fileKey.slice(0, 2)))
  // A folder for each by chance would make 83 of them.
  assert.ok(shards.size < 60, `${shards.size} folders`)
  t.diagnostic(`${shards.size} folders`)
  for (const [index, { fileKey }] of stored.entries()) assert.equal((await buffer(await store.read(fileKey))).toString(), `${index}`)
})

async function all(files: AsyncIterable<ListedFile>): Promise<ListedFile[]> {
  const listed: ListedFile[] = []
  for await (const file of files) listed.push(file)
  return listed
}
