import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { generateSecret, hashSecret } from './secret.ts'

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Secrets: made by generateSecret, which fast-check does not shrink. */
const secrets = fc.constant(null).map(() => generateSecret().secret)

const replaced = (text: string, position: number, character: string) => text.slice(0, position) + character + text.slice(position + 1)

describe('a secret', () => {
  it('is found again by the hash it was kept under, the SHA-256 of all of it', () => {
    fc.assert(
      fc.property(fc.constant(null), () => {
        const { secret, hash, lastFour } = generateSecret()
        assert.equal(hashSecret(secret), hash)
        assert.equal(hash, createHash('sha256').update(secret).digest('base64url'))
        assert.equal(lastFour, secret.slice(53))
      }),
      { numRuns: 1_000 },
    )
  })

  it('is what a scanner for leafpad_[0-9A-Za-z]{49} finds, wherever it leaks', () => {
    fc.assert(
      fc.property(secrets, fc.constantFrom('', ' ', '"', '=', '\n'), (secret, around) => {
        assert.deepEqual(`KEY${around}${secret}${around}`.match(/leafpad_[0-9A-Za-z]{49}/g), [secret])
      }),
    )
  })

  it('has the shape that other programs may rely on', () => {
    const checked = 'leafpad_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg'
    assert.equal(crc32(checked), 0x1530bb53)
    assert.equal(hashSecret(`${checked}0O3hkR`), createHash('sha256').update(`${checked}0O3hkR`).digest('base64url'))
  })

  it('uses each of the 62 digits as often as any other', () => {
    const counts = new Map<string, number>()
    for (let made = 0; made < 5_000; made++) {
      for (const digit of generateSecret().secret.slice(8, 51)) counts.set(digit, (counts.get(digit) ?? 0) + 1)
    }
    const expected = (5_000 * 43) / 62
    const chiSquared = [...alphabet].reduce((sum, digit) => sum + ((counts.get(digit) ?? 0) - expected) ** 2 / expected, 0)
    // With 61 degrees of freedom more than 160 comes once in 10^10 runs; a plain remainder of bytes gives more than 1000.
    assert.ok(chiSquared < 160, `chi squared is ${chiSquared}`)
  })
})

describe('hashSecret', () => {
  it('refuses every other single character, digit or not, at every place', () => {
    fc.assert(
      fc.property(secrets, (secret) => {
        for (let position = 0; position < secret.length; position++) {
          for (let code = 0; code < 256; code++) {
            const character = String.fromCharCode(code)
            if (character !== secret[position]) assert.equal(hashSecret(replaced(secret, position, character)), undefined)
          }
        }
      }),
      { numRuns: 20 },
    )
  })

  it('refuses every swap of different neighbours', () => {
    fc.assert(
      fc.property(secrets, (secret) => {
        for (let position = 0; position + 1 < secret.length; position++) {
          const [first, second] = [secret[position]!, secret[position + 1]!]
          if (first === second) continue
          assert.equal(hashSecret(replaced(replaced(secret, position, second), position + 1, first)), undefined)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it('refuses, whatever the secret, a swap of the last random digit with the first of the checksum', () => {
    // The one swap that changes both what is checked and the checksum, so that CRC32's own promise does not cover it. Swapping x and y
    // changes the CRC by the exclusive or with a constant t of x and y, and the checksum's value by c = (x - y) 62^5. Some CRC would
    // satisfy both only if c were a sum of the bits of t, each taken once, positive or negative: if (c + t) / 2 were made of bits of t.
    const ofByte = (byte: number) => (crc32(Buffer.from([byte])) ^ crc32(Buffer.from([0]))) >>> 0
    for (let x = 0; x < 62; x++) {
      for (let y = 0; y < 62; y++) {
        // A CRC has 32 bits, so its first digit is at most 4.
        if (x === y || x > 4 || y > 4) continue
        const t = ofByte(alphabet.charCodeAt(x) ^ alphabet.charCodeAt(y))
        const half = ((x - y) * 62 ** 5 + t) / 2
        const passes = Number.isInteger(half) && half >= 0 && (BigInt(half) & ~BigInt(t)) === 0n
        assert.ok(!passes, `${alphabet[x]} and ${alphabet[y]}`)
      }
    }
  })

  it('refuses another case, of one letter and of all', () => {
    fc.assert(
      fc.property(secrets, (secret) => {
        assert.equal(hashSecret(secret.toLowerCase()), undefined)
        assert.equal(hashSecret(secret.toUpperCase()), undefined)
        assert.equal(hashSecret(secret.replace('l', 'L')), undefined)
      }),
    )
  })

  it('refuses what is too short, too long, empty, padded, or not of its alphabet', () => {
    fc.assert(
      fc.property(secrets, fc.nat(57), fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }), (secret, position, more) => {
        assert.equal(hashSecret(secret.slice(0, position)), position === 57 ? hashSecret(secret) : undefined)
        assert.equal(hashSecret(secret.slice(0, position) + more + secret.slice(position)), undefined)
      }),
    )
    assert.equal(hashSecret(''), undefined)
    assert.equal(hashSecret('leafpad_'), undefined)
    assert.equal(hashSecret('x'.repeat(10_000_000)), undefined)
  })

  it('refuses any text of the right length that was not generated', () => {
    const bodies = fc.string({ unit: fc.constantFrom(...alphabet), minLength: 49, maxLength: 49 })
    fc.assert(
      fc.property(bodies, (body) => assert.equal(hashSecret(`leafpad_${body}`), undefined)),
      { numRuns: 2_000 },
    )
    fc.assert(fc.property(fc.string({ unit: 'binary', minLength: 57, maxLength: 57 }), (text) => assert.equal(hashSecret(text), undefined)))
    // Digits and letters of other scripts, which look the same or fold to ours; as escapes, since some editors fold them too.
    const { secret } = generateSecret()
    for (const lookalike of ['\u0430', '\u041e', '\uff10', '\u017f', '\u212a', '\0', '\u{1f511}']) {
      assert.equal(hashSecret(replaced(secret, 20, lookalike)), undefined)
      assert.equal(hashSecret(replaced(secret, 54, lookalike)), undefined)
    }
  })
})
