import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { documentPath, withSettings } from './configuration.ts'

test('docs/configuration.md has every setting with its default and meaning; node bootstrap.mjs scripts/configuration.ts writes them', () => {
  const document = readFileSync(documentPath, 'utf8')
  assert.equal(document, withSettings(document))
})
