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

  it('is no local day: it is the same east and west of the date line', (t) => {
    const { TZ } = process.env
    t.after(() => {
      if (TZ === undefined) delete process.env.TZ
      else process.env.TZ = TZ
    })
    for (const [index, zone] of ['Pacific/Kiritimati', 'Pacific/Pago_Pago', 'UTC'].entries()) {
      process.env.TZ = zone
      // Days that were not asked for before.
      assert.equal(dayOf(Date.UTC(2026, index, 1)), `2026-0${index + 1}-01`)
      assert.equal(dayOf(Date.UTC(2026, index, 3) - 1), `2026-0${index + 1}-02`)
    }
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
          assert.equal(day, [last, dayOf(now)].sort()[1])
          last = day
        }
      }),
    )
  })
})
