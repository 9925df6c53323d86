import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { openLink, sealLink } from './sealed-link.ts'

const secret = 'a-session-secret-for-tests-that-is-long-enough'

describe('a sealed link', () => {
  it('is what was sealed, for who has the secret alone, and twice not the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (link) => {
        const sealed = sealLink(secret, link)
        assert.equal(openLink(secret, sealed), link)
        assert.notEqual(sealLink(secret, link), sealed)
        assert.equal(openLink(`${secret}!`, sealed), undefined)
      }),
    )
  })

  it('is no link once a single bit of it was changed, or some of it is gone', () => {
    const sealed = Buffer.from(sealLink(secret, 'http://localhost:3000/reset-password#token=abc'), 'base64url')
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Buffer.from(sealed)
      changed[bit >> 3]! ^= 1 << (bit & 7)
      assert.equal(openLink(secret, changed.toString('base64url')), undefined)
    }
    for (const length of [0, 1, 12, 20, 28, sealed.length - 1]) {
      assert.equal(openLink(secret, sealed.subarray(0, length).toString('base64url')), undefined)
    }
  })
})
