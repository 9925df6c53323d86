import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkFile } from './check-file.ts'
import { sizeText } from './format.ts'

test('a file is refused before it is sent for its ending, for being empty, and for what there is no room for', () => {
  assert.equal(checkFile({ name: 'a.md', size: 10 }, {}), undefined)
  assert.equal(checkFile({ name: 'A.PDF', size: 10 }, { leftBytes: 10, maxFileBytes: 10 }), undefined)
  assert.match(checkFile({ name: 'a.exe', size: 10 }, {})!, /ending in \.txt, \.md or \.pdf/)
  assert.match(checkFile({ name: 'txt', size: 10 }, {})!, /ending in/)
  assert.match(checkFile({ name: 'a.txt', size: 0 }, {})!, /empty/)
  assert.match(checkFile({ name: 'a.txt', size: 11 }, { maxFileBytes: 10 })!, /may have 10 bytes/)
  assert.match(checkFile({ name: 'a.txt', size: 11 }, { leftBytes: 10 })!, /room for 10 bytes/)
})

test('a size is told in the unit that suits it', () => {
  assert.deepEqual([0, 1, 1023, 1024, 1_048_575, 20_971_520].map(sizeText), [
    '0 bytes',
    '1 byte',
    '1,023 bytes'.replace(',', ''),
    '1 kB',
    '1 MB',
    '20 MB',
  ])
})
