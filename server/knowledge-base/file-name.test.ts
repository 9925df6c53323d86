import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { LeafPadError } from '../errors.ts'
import { readFileKind } from './file-kind.ts'
import { checkFileName, textFileName } from './file-name.ts'

const refused = (fileName: string, detail: RegExp) =>
  assert.throws(
    () => checkFileName(fileName),
    (error) => error instanceof LeafPadError && error.code === 'invalid_file_name' && detail.test(error.message),
    JSON.stringify(fileName),
  )

it('takes names in any language as they are', () => {
  for (const name of [
    'a',
    'Grüße 2026.txt',
    '手册.md',
    'דוח.pdf',
    '😀.txt',
    '..txt',
    'it\'s (1) "final"; v=2.md',
    'a'.repeat(255),
    'e\u0301.md',
  ]) {
    assert.equal(checkFileName(name), name)
  }
})

it('refuses each kind of name it must, and says why', () => {
  for (const name of ['', ' ', '\u3000']) refused(name, /empty/)
  for (const name of ['../a', 'a\\b', '/']) refused(name, /slash/)
  for (const name of ['a\0.txt', 'a\n', '\u007f', 'a\u0085b', 'a\u2028b']) refused(name, /control character/)
  for (const name of ['a\u202egpj.exe', '\u2066x', 'x\u202a']) refused(name, /direction/)
  for (const name of ['\ud800', 'a\udc00.txt']) refused(name, /Unicode/)
  refused('a\ufffd', /UTF-8/)
  refused('a'.repeat(256), /255 bytes/)
  refused('ä'.repeat(128), /255 bytes/)
})

it('lets through only what every file system, header and screen can have', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => {
      let taken: string
      try {
        taken = checkFileName(name)
      } catch (error) {
        assert.ok(error instanceof LeafPadError && error.code === 'invalid_file_name')
        return
      }
      assert.equal(taken, name)
      assert.ok(Buffer.byteLength(name) >= 1 && Buffer.byteLength(name) <= 255)
      assert.doesNotMatch(name, /[/\\\p{Cc}\u202a-\u202e\u2066-\u2069]/u)
      assert.equal(Buffer.from(name).toString(), name)
    }),
    { numRuns: 2000 },
  )
})

it('ends the names of texts in .txt, whatever they were', () => {
  assert.equal(textFileName('notes'), 'notes.txt')
  assert.equal(textFileName('notes.md'), 'notes.md.txt')
  assert.equal(textFileName('NOTES.TXT'), 'NOTES.TXT')
  assert.equal(textFileName('a'.repeat(251)).length, 255)
  assert.throws(() => textFileName('a'.repeat(252)), LeafPadError)
})

it('knows what a file is by its ending alone', () => {
  assert.equal(readFileKind('a.pdf.TxT').fileType, 'text/plain')
  assert.equal(readFileKind('.md').fileType, 'text/markdown')
  for (const name of ['pdf', 'a.', 'a.pdf.', 'a.pdf ', 'a.constructor', 'a.html']) {
    assert.throws(
      () => readFileKind(name),
      (error) => error instanceof LeafPadError && error.code === 'unsupported_media_type' && error.message.includes('.txt, .md or .pdf'),
    )
  }
})
