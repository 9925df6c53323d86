import assert from 'node:assert/strict'
import { existsSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { afterEach, test } from 'node:test'
import { useMemoryForTemporaryFiles } from './temporary-folder.ts'

const before = process.env.TMPDIR

afterEach(() => {
  if (before === undefined) delete process.env.TMPDIR
  else process.env.TMPDIR = before
})

test('who says where temporary files are to be is heeded', () => {
  process.env.TMPDIR = '/somewhere'
  useMemoryForTemporaryFiles()()
  assert.equal(process.env.TMPDIR, '/somewhere')
})

test('a folder in memory, where there is one, is for everybody, and gone when it is given back', () => {
  delete process.env.TMPDIR
  const usual = tmpdir()
  const remove = useMemoryForTemporaryFiles()
  const folder = process.env.TMPDIR
  if (folder !== undefined) assert.equal(statSync(folder).mode & 0o7777, 0o1777)
  remove()
  assert.equal(tmpdir(), usual)
  assert.ok(folder === undefined || !existsSync(folder))
})
