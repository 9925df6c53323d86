import assert from 'node:assert/strict'
import { it } from 'node:test'
import { LeafPadError } from '../errors.ts'
import { readText } from './read-text.ts'

const refused = (body: unknown, code: string, detail: RegExp, maxBytes = 100) =>
  assert.throws(
    () => readText(body, maxBytes),
    (error) => {
      assert.ok(error instanceof LeafPadError)
      assert.equal(error.code, code)
      assert.match(error.message, detail)
      return true
    },
  )

it('gives the text as UTF-8, with a name that ends in .txt if there was one', () => {
  assert.deepEqual(readText({ text: ' ä€😀\n' }, 100), { content: [Buffer.from(' ä€😀\n')], fileName: undefined })
  assert.equal(readText({ text: 'x', fileName: 'a' }, 100).fileName, 'a.txt')
})

it('refuses what is no such body, naming the field', () => {
  for (const body of [undefined, null, 'text', 7, [], ['x']]) refused(body, 'invalid_body', /JSON object/)
  refused({}, 'invalid_body', /"text" must be there/)
  refused({ text: 7 }, 'invalid_body', /"text" must be there and be a string/)
  refused({ text: 'x', fileName: null }, 'invalid_body', /"fileName" must be a string/)
  refused({ text: 'x', filename: 'a.txt', 'tit"le': 1 }, 'invalid_body', /"filename", "tit\\"le"/)
})

it('refuses texts that are empty, too long, or not what every database can hold', () => {
  for (const text of ['', ' ', '\n\t\u3000\ufeff']) refused({ text }, 'invalid_text', /empty or only white space/)
  refused({ text: 'a\0b' }, 'invalid_text', /NUL/)
  for (const text of ['\ud83d', 'a\ude00b']) refused({ text }, 'invalid_text', /surrogate/)
  refused({ text: 'x'.repeat(11) }, 'body_too_large', /10 bytes/, 10)
  refused({ text: 'ä'.repeat(6) }, 'body_too_large', /10 bytes/, 10)
  assert.equal(readText({ text: 'ä'.repeat(5) }, 10).content[0].byteLength, 10)
  refused({ text: 'x', fileName: 'a/b' }, 'invalid_file_name', /slash/)
})
