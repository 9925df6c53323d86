import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { LeafPadError } from '../errors.ts'
import { type Arrival, createArrivals } from './arrivals.ts'

const isOverloaded = (error: unknown) =>
  error instanceof LeafPadError && error.code === 'overloaded' && error.answer.headers?.['retry-after'] === '1'

describe('what arrives at once', () => {
  it('is an eighth of all that may for one organization, in bodies and in bytes, and leaves room for the others', () => {
    const arrivals = createArrivals({ maxBodies: 16, maxBytes: 800 })
    const first = arrivals.begin('org_a', 60)
    assert.throws(() => arrivals.begin('org_a', 41), isOverloaded)
    const second = arrivals.begin('org_a', 40)
    assert.throws(() => second.take(1), isOverloaded)
    assert.throws(() => arrivals.begin('org_a', 0), isOverloaded)
    const others = Array.from({ length: 7 }, (_, index) => arrivals.begin(`org_${index}`, 100))
    assert.throws(() => arrivals.begin('org_z', 1), isOverloaded)
    first.end()
    arrivals.begin('org_z', 1).end()
    second.take(60)
    for (const arrival of [second, ...others]) arrival.end()
  })

  it('takes nothing more once it has ended, and gives back once', () => {
    const arrivals = createArrivals({ maxBodies: 8, maxBytes: 80 })
    const ended = arrivals.begin('org_a', 10)
    ended.end()
    ended.end()
    assert.throws(() => ended.take(1), isOverloaded)
    const next = arrivals.begin('org_a', 10)
    ended.end()
    assert.throws(() => arrivals.begin('org_a', 0), isOverloaded)
    next.end()
  })

  it('is never more than may be, and nothing once all has ended, in whatever order', () => {
    const step = fc.record({ organization: fc.nat(9), bytes: fc.nat(30), act: fc.constantFrom('begin', 'take', 'end'), which: fc.nat() })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const limits = { maxBodies: 24, maxBytes: 240 }
        const arrivals = createArrivals(limits)
        const held: { arrival: Arrival; organization: number; bytes: number }[] = []
        for (const { organization, bytes, act, which } of steps) {
          const one = held[which % held.length]
          try {
            if (act === 'begin') held.push({ arrival: arrivals.begin(`org_${organization}`, bytes), organization, bytes })
            else if (act === 'take' && one !== undefined) {
              one.arrival.take(bytes)
              one.bytes += bytes
            } else if (one !== undefined) held.splice(which % held.length, 1)[0]!.arrival.end()
          } catch (error) {
            if (!isOverloaded(error)) throw error
          }
          const sum = (of: typeof held) => of.reduce((total, { bytes }) => total + bytes, 0)
          assert.ok(held.length <= limits.maxBodies && sum(held) <= limits.maxBytes)
          const own = held.filter((other) => other.organization === organization)
          assert.ok(own.length <= limits.maxBodies / 8 && sum(own) <= limits.maxBytes / 8)
        }
        for (const { arrival } of held) arrival.end()
        // All of it is there again.
        for (let organization = 0; organization < 8; organization++) arrivals.begin(`org_${organization}`, 30)
      }),
    )
  })
})
