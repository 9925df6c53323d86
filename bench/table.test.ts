import assert from 'node:assert/strict'
import { test } from 'node:test'
import { atLeast, atMost, type Line } from './line.ts'
import type { Result } from './run-bench.ts'
import { median, table } from './table.ts'

function result(line: Partial<Line>, figures: readonly number[], missing?: string): Result {
  const whole: Line = { name: 'line', says: 'line', digits: 1, sides: [], figure: () => Number.NaN, ...line }
  return { line: whole, figures, missing, failed: false }
}

const rowOf = (one: Result) => table([one]).split('\n')[2]

test('a row has the median with the least and the greatest, its marks, and whether they are met', () => {
  const ratio = { must: atLeast(2), aim: atLeast(3) }
  assert.equal(rowOf(result(ratio, [4, 1, 2.5])), '| line | 2.5 (1.0–4.0) | ≥ 2.0 | ≥ 3.0 | met |')
  assert.equal(rowOf(result(ratio, [3, 3, 9])), '| line | 3.0 (3.0–9.0) | ≥ 2.0 | ≥ 3.0 | aim met |')
  assert.equal(rowOf(result(ratio, [1, 1.9, 9])), '| line | 1.9 (1.0–9.0) | ≥ 2.0 | ≥ 3.0 | **missed** |')
  assert.equal(rowOf(result({ must: atMost(1) }, [1])), '| line | 1.0 (1.0–1.0) | ≤ 1.0 |  | met |')
  assert.equal(rowOf(result({ must: atMost(1) }, [1.1])), '| line | 1.1 (1.1–1.1) | ≤ 1.0 |  | **missed** |')
})

test('a line that could not be measured says why, and is neither met nor missed', () => {
  assert.equal(rowOf(result({ must: atLeast(2) }, [], 'needs a thing')), '| line | not measured: needs a thing | ≥ 2.0 |  | not measured |')
})

test('lines without a mark stand apart', () => {
  const text = table([result({ says: 'rate', digits: 0 }, [12_345]), result({ must: atLeast(1) }, [1])])
  assert.deepEqual(
    text.split('\n\n').map((part) => part.split('\n').at(-1)),
    ['| line | 1.0 (1.0–1.0) | ≥ 1.0 |  | met |', '| rate | 12,345 (12,345–12,345) |'],
  )
})

test('the median of an even number of rounds is the lower of the middle two', () => {
  assert.equal(median([4, 1, 3, 2]), 2)
})
