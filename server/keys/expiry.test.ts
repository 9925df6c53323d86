import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { LeafPadError } from '../errors.ts'
import { parseExpiry } from './expiry.ts'

const now = Date.UTC(2026, 1, 1, 12)
const dayMs = 86_400_000

const isInvalid = (mend: RegExp) => (error: unknown) =>
  error instanceof LeafPadError && error.code === 'invalid_expiry' && mend.test(error.answer.detail ?? '')

describe('parseExpiry', () => {
  it('takes an instant with its time zone, and keeps it to the millisecond', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: now + 1, max: now + 3_650 * dayMs }),
        fc.integer({ min: -(23 * 60 + 59), max: 23 * 60 + 59 }),
        (instant, offset) => {
          assert.equal(parseExpiry({ expiresAt: new Date(instant).toISOString() }, now), instant)
          const local = new Date(instant + offset * 60_000).toISOString().slice(0, -1)
          const minutes = Math.abs(offset)
          const zone = `${offset < 0 ? '-' : '+'}${`${Math.floor(minutes / 60)}`.padStart(2, '0')}:${`${minutes % 60}`.padStart(2, '0')}`
          assert.equal(parseExpiry({ expiresAt: local + zone }, now), instant)
        },
      ),
    )
    assert.equal(parseExpiry({ expiresAt: '2027-03-28T02:30+01:00' }, now), Date.UTC(2027, 2, 28, 1, 30))
    assert.equal(parseExpiry({ expiresAt: '2028-02-29T23:59:59.9999Z' }, now), Date.UTC(2028, 1, 29, 23, 59, 59, 999))
  })

  it('refuses what is no instant or has no time zone, and says what to write', () => {
    const wrong = [
      '2027-01-31',
      '2027-01-31T12:00:00',
      '2027-01-31 12:00:00Z',
      '2027-01-31T12:00:00+0100',
      '2027-01-31T12:00:00+24:00',
      '2027-02-29T12:00:00Z',
      '2027-04-31T12:00:00Z',
      '2027-00-01T12:00:00Z',
      '2027-13-01T12:00:00Z',
      '2027-01-00T12:00:00Z',
      '2027-01-31T24:00:00Z',
      '2027-01-31T12:60:00Z',
      '2027-01-31T12:00:60Z',
      '+012027-01-31T12:00:00Z',
      '2027-01-31T12:00:00Z\n',
      ' 2027-01-31T12:00:00Z',
      '1801396800000',
      'tomorrow',
      '',
    ]
    for (const expiresAt of wrong) {
      assert.throws(
        () => parseExpiry({ expiresAt }, now),
        isInvalid(/such as 2026-05-02T12:00:00\.000Z or 2026-05-02T12:00:00\+01:00/),
        expiresAt,
      )
    }
  })

  it('refuses an instant that is not after now, and one more than ten years after it', () => {
    const at = (ms: number) => new Date(ms).toISOString()
    const tenYears = Date.UTC(2036, 1, 1, 12)
    assert.equal(parseExpiry({ expiresAt: at(now + 1) }, now), now + 1)
    assert.throws(() => parseExpiry({ expiresAt: at(now) }, now), isInvalid(/it is 2026-02-01T12:00:00\.000Z now/))
    assert.throws(() => parseExpiry({ expiresAt: '0026-02-01T12:00:00Z' }, now), isInvalid(/not in the future/))
    assert.equal(parseExpiry({ expiresAt: at(tenYears) }, now), tenYears)
    assert.throws(() => parseExpiry({ expiresAt: at(tenYears + 1) }, now), isInvalid(/2036-02-01T12:00:00\.000Z or earlier/))
  })

  it('counts days of 86,400,000 ms, leap days and daylight saving or not', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3_650 }), fc.integer({ min: 0, max: 4e12 }), (expiresInDays, now) => {
        assert.equal(parseExpiry({ expiresInDays }, now), now + expiresInDays * dayMs)
      }),
    )
    for (const expiresInDays of [0, -1, 3_651, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      assert.throws(() => parseExpiry({ expiresInDays }, now), isInvalid(/whole number from 1 to 3650/))
    }
  })

  it('refuses both at once, and takes neither as never', () => {
    assert.throws(() => parseExpiry({ expiresAt: '2027-01-31T12:00:00Z', expiresInDays: 1 }, now), isInvalid(/not both/))
    assert.equal(parseExpiry({}, now), null)
  })
})
