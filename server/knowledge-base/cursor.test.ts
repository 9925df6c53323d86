import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { LeafPadError } from '../errors.ts'
import { formatCursor, parseCursor } from './cursor.ts'

const cursor = { createdAt: 1_769_860_800_000, id: `doc_${'0123456789abcdef'.repeat(2)}` }
const isRefused = (error: unknown) => error instanceof LeafPadError && error.code === 'invalid_query'

it('comes back as it went out', () => {
  assert.deepEqual(parseCursor(formatCursor(cursor)), cursor)
})

it('is refused where it is not one of ours', () => {
  const forged = [
    '',
    '.',
    '1.doc_0',
    `1e3.${cursor.id}`,
    ` 1.${cursor.id}`,
    `01.${cursor.id}`,
    `9${'0'.repeat(20)}.${cursor.id}`,
    `NaN.${cursor.id}`,
  ]
  for (const text of [
    ...forged.map((text) => Buffer.from(text).toString('base64url')),
    '%',
    formatCursor(cursor).slice(1),
    `${formatCursor(cursor)}=`,
  ]) {
    assert.throws(() => parseCursor(text), isRefused, text)
  }
  fc.assert(fc.property(fc.string(), (text) => assert.throws(() => parseCursor(text), isRefused)))
})
