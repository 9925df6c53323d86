import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { countingDay, dayOf, endOfDay } from './day.ts'

/** 1970 to 9999, the years whose days sort as text. */
const instant = fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) })

describe('the day', () => {
  it('is the UTC date of the instant, whatever the zone of the machine', () => {
    fc.assert(fc.property(instant, (now) => dayOf(now) === new Date(now).toISOString().slice(0, 10)))
  })

  it('begins at its first millisecond and ends with its last', () => {
    const midnight = Date.UTC(2026, 1, 1)
    assert.equal(dayOf(midnight - 1), '2026-01-31')
    assert.equal(dayOf(midnight), '2026-02-01')
    assert.equal(endOfDay('2026-01-31'), midnight)
    assert.equal(endOfDay('2028-02-28'), Date.UTC(2028, 1, 29))
    fc.assert(fc.property(instant, (now) => endOfDay(dayOf(now)) > now && endOfDay(dayOf(now)) - now <= 86_400_000))
  })

  it('is the day of the clock for a key that was never counted', () => {
    fc.assert(fc.property(instant, (now) => countingDay(now, null) === dayOf(now)))
  })

  it('never goes back for a key, however the clock moves', () => {
    fc.assert(
      fc.property(fc.array(instant, { minLength: 1 }), (clock) => {
        let last = dayOf(clock[0]!)
        for (const now of clock) {
          const day = countingDay(now, last)
          assert.ok(day >= last && day >= dayOf(now))
          last = day
        }
      }),
    )
  })
})
