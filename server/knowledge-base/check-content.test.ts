import assert from 'node:assert/strict'
import { isUtf8 } from 'node:buffer'
import { it } from 'node:test'
import fc from 'fast-check'
import { LeafPadError } from '../errors.ts'
import { checkContent } from './check-content.ts'

const plenty = 1_000_000

async function* inChunks(content: Uint8Array, cuts: readonly number[]) {
  const places = [0, ...cuts.map((cut) => cut % (content.length + 1)).sort((a, b) => a - b), content.length]
  for (const [index, place] of places.slice(1).entries()) yield content.subarray(places[index], place)
}

/** The code of the refusal, or what was passed on. */
async function check(fileName: string, content: Uint8Array, cuts: readonly number[] = [], maxBytes = plenty) {
  const passed: Uint8Array[] = []
  try {
    for await (const chunk of checkContent(fileName, inChunks(content, cuts), maxBytes)) passed.push(chunk)
  } catch (error) {
    assert.ok(error instanceof LeafPadError)
    return error.code
  }
  return Buffer.concat(passed)
}

const cuts = fc.array(fc.nat(), { maxLength: 8 })

it('passes all text in UTF-8, wherever the pieces are cut', async () => {
  const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }).filter((text) => !text.includes('\0'))
  await fc.assert(
    fc.asyncProperty(text, cuts, async (text, cuts) => {
      const content = Buffer.from(text)
      assert.deepEqual(await check('a.txt', content, cuts), content)
    }),
    { numRuns: 500 },
  )
})

it('judges any bytes as their whole would be judged, wherever the pieces are cut', async () => {
  // Beginnings of longer characters make cut and broken ones likely.
  const byte = fc.oneof(fc.constantFrom(0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80, 0xc3, 0xed, 0xa0), fc.integer({ min: 1, max: 255 }))
  await fc.assert(
    fc.asyncProperty(fc.array(byte, { minLength: 1, maxLength: 20 }), cuts, async (bytes, cuts) => {
      const content = Buffer.from(bytes)
      assert.deepEqual(await check('a.md', content, cuts), isUtf8(content) ? content : 'content_mismatch')
    }),
    { numRuns: 2000 },
  )
})

it('refuses text that ends in the middle of a character, or has a NUL byte', async () => {
  assert.equal(await check('a.txt', Buffer.from('€').subarray(0, 2)), 'content_mismatch')
  assert.equal(await check('a.txt', Buffer.from('a\0b'), [1]), 'content_mismatch')
  assert.equal(await check('a.txt', Buffer.from('\ufeffb', 'utf16le')), 'content_mismatch')
})

it('passes a PDF that begins as one, wherever the pieces are cut, and none that does not', async () => {
  const pdf = Buffer.concat([Buffer.from('%PDF-2.0\n'), Buffer.from([0, 255, 254])])
  await fc.assert(fc.asyncProperty(cuts, async (cuts) => assert.deepEqual(await check('a.pdf', pdf, cuts), pdf)))
  for (const content of ['%PDF', '%PDX-1', ' %PDF-1', '%pdf-1', '<html>']) {
    for (const cut of [0, 1, 4]) assert.equal(await check('a.pdf', Buffer.from(content), [cut]), 'content_mismatch')
  }
})

it('passes as much as is allowed and not a byte more, and not nothing', async () => {
  assert.deepEqual(await check('a.txt', Buffer.from('12345'), [2, 4], 5), Buffer.from('12345'))
  assert.equal(await check('a.txt', Buffer.from('123456'), [2, 4], 5), 'body_too_large')
  for (const name of ['a.txt', 'a.pdf']) assert.equal(await check(name, Buffer.alloc(0), [0, 0]), 'empty_file')
})

it('reads no further once it has refused', async () => {
  let read = 0
  async function* endless() {
    for (;;) {
      read++
      yield Buffer.from('xxxxx')
    }
  }
  await assert.rejects(async () => {
    for await (const _ of checkContent('a.txt', endless(), 12));
  }, LeafPadError)
  assert.equal(read, 3)
})
