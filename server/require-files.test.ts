import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Failure } from './failure.ts'
import { requireFiles } from './require-files.ts'
import { testConfig } from './testing/test-config.ts'

const databaseUrl = 'postgres://leafpad@localhost/leafpad'

function refusal(settings: Parameters<typeof requireFiles>[0]): string | undefined {
  try {
    requireFiles(settings)
  } catch (error) {
    if (error instanceof Failure) return error.message
    throw error
  }
  return undefined
}

test('the embedded database needs nothing said about files, PostgreSQL does', () => {
  assert.equal(refusal(testConfig({ files: null })), undefined)
  assert.match(
    refusal(testConfig({ databaseUrl, files: null }))!,
    /LEAFPAD_FILES=shared if .*LEAFPAD_FILES=local if this is the only copy\.$/,
  )
  for (const files of ['local', 'shared'] as const) assert.equal(refusal(testConfig({ databaseUrl, files })), undefined)
})

test('shared files beside a session secret on another file system are refused, unless the secret is a setting', (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'leafpad-test-'))
  t.after(() => rmSync(dataDir, { recursive: true }))
  const settings = { ...testConfig({ databaseUrl, files: 'shared', dataDir }), sessionSecret: null }
  assert.equal(refusal(settings), undefined, 'before the first start')
  mkdirSync(join(dataDir, 'files'))
  assert.equal(refusal(settings), undefined, 'one file system')
  rmSync(join(dataDir, 'files'), { recursive: true })
  // A file system of its own on every machine.
  symlinkSync('/dev', join(dataDir, 'files'))
  assert.match(refusal(settings)!, /is on another file system than .*Set LEAFPAD_SESSION_SECRET to the same value for all copies/)
  assert.equal(refusal({ ...settings, files: 'local' }), undefined)
  assert.equal(refusal({ ...settings, sessionSecret: 'a-session-secret-of-more-than-32-bytes' }), undefined)
})
