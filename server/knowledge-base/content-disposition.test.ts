import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { attachment } from './content-disposition.ts'

it('says the name plainly and whole', () => {
  assert.equal(attachment('a b.txt'), 'attachment; filename="a b.txt"; filename*=UTF-8\'\'a%20b.txt')
  assert.equal(attachment('€ "x".pdf'), 'attachment; filename="_ _x_.pdf"; filename*=UTF-8\'\'%E2%82%AC%20%22x%22.pdf')
  assert.equal(attachment("it's(1)*.md"), 'attachment; filename="it_s_1__.md"; filename*=UTF-8\'\'it%27s%281%29%2A.md')
})

it('is a valid header for every name, from which the whole name comes back', () => {
  // RFC 8187, section 3.2.1: attr-char and pct-encoded.
  const shape = /^attachment; filename="[\w.\- ]*"; filename\*=UTF-8''((?:[\w!#$&+.^`|~-]|%[0-9A-F]{2})*)$/
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (name) => {
      const [, extended] = shape.exec(attachment(name)) ?? []
      assert.ok(extended !== undefined, attachment(name))
      assert.equal(decodeURIComponent(extended), name)
    }),
    { numRuns: 1000 },
  )
})
