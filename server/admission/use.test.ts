import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { countingDay, dayOf } from './day.ts'
import type { UseOfDay } from './table.ts'
import { admittedByHour, lastUse, lastUseOfSecret, useAfter } from './use.ts'

const hourMs = 3_600_000
const start = Date.parse('2026-01-31T00:00:00.000Z')

/** Batches in the order in which they are decided; a clock may step back. A key's two secrets at a time are neighbours. */
const batches = fc.array(
  fc.record({
    afterMs: fc.oneof(fc.integer({ min: 0, max: 2 * hourMs }), fc.integer({ min: -3 * hourMs, max: 0 })),
    granted: fc.integer({ min: 1, max: 9 }),
    rotates: fc.boolean(),
    uses: fc.constantFrom('new', 'old', 'both'),
  }),
  { maxLength: 40 },
)

function play(steps: typeof batches extends fc.Arbitrary<infer Steps> ? Steps : never) {
  let [now, newest] = [start + hourMs, 1]
  const days = new Map<string, UseOfDay>()
  const log: { day: string; now: number; granted: number; secrets: number[] }[] = []
  let last: UseOfDay | undefined
  for (const [index, { afterMs, granted, rotates, uses }] of steps.entries()) {
    now += afterMs
    if (rotates) newest++
    const secrets = [...new Set({ new: [newest], old: [Math.max(1, newest - 1)], both: [newest, Math.max(1, newest - 1)] }[uses])]
    const used = secrets.map((number) => ({ number, address: `${index}` }))
    const day = countingDay(now, last?.day ?? null)
    const [odd, even] = [used.find(({ number }) => number % 2 === 1), used.find(({ number }) => number % 2 === 0)]
    last = useAfter(last, { keyId: 'key_1', day, granted, now, odd, even })
    days.set(day, last)
    log.push({ day, now, granted, secrets })
  }
  return { days, log, newest }
}

describe("a key's use of a day", () => {
  it('adds up: the hours of a day to what was used that day, each in the hour its request was let in', () => {
    fc.assert(
      fc.property(batches, (steps) => {
        const { days, log } = play(steps)
        for (const [day, use] of days) {
          const expected = Array.from({ length: 24 }, () => 0)
          let latest = 0
          for (const one of log.filter((one) => one.day === day)) {
            // Where the clock steps back, what follows is in the hour that was counted last.
            latest = Math.max(latest, one.now)
            expected[new Date(latest).getUTCHours()]! += one.granted
          }
          assert.deepEqual(admittedByHour(use), expected)
          assert.equal(dayOf(lastUse(use)!.at), day)
        }
      }),
    )
  })

  it('knows of each of the two newest secrets the last use that day, and of none what another did', () => {
    fc.assert(
      fc.property(batches, (steps) => {
        const { days, log, newest } = play(steps)
        for (const [day, use] of days) {
          for (const number of [newest, newest - 1]) {
            const ofSecret = log.map((one, index) => ({ ...one, index })).filter((one) => one.day === day && one.secrets.includes(number))
            const last = lastUseOfSecret(use, number)
            assert.equal(last?.address, ofSecret.at(-1) && `${ofSecret.at(-1)!.index}`)
            if (last !== undefined) assert.ok(last.at >= ofSecret.at(-1)!.now)
          }
        }
      }),
    )
  })
})
