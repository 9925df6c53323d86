import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { TextMap } from './text-map.ts'

describe('a map by texts', () => {
  it('has what a Map would have, also of texts that end alike', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '\u{1F511}'), maxLength: 3 }).map((beginning) => `${beginning}_the_same_end`)
    const step = fc.oneof(
      fc.record({ does: fc.constant('set' as const), text: fc.oneof(text, fc.string({ maxLength: 2 })), value: fc.nat() }),
      fc.record({ does: fc.constantFrom('delete' as const, 'get' as const), text: fc.oneof(text, fc.string({ maxLength: 2 })) }),
      { weight: 1, arbitrary: fc.constant({ does: 'clear' as const }) },
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const map = new TextMap<number>()
        const model = new Map<string, number>()
        for (const one of steps) {
          if (one.does === 'set') map.set(one.text, one.value)
          if (one.does === 'set') model.set(one.text, one.value)
          else if (one.does === 'get') assert.equal(map.get(one.text), model.get(one.text))
          else {
            if (one.does === 'clear') map.clear()
            else map.delete(one.text)
            if (one.does === 'clear') model.clear()
            else model.delete(one.text)
          }
          assert.equal(map.size, model.size)
          assert.deepEqual([...map.values()].sort(), [...model.values()].sort())
        }
      }),
      { numRuns: 300 },
    )
  })
})
