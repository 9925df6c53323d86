import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseArguments } from './arguments.ts'
import { lines } from './lines.ts'

test('without arguments every line is measured and nothing written', () => {
  const asked = parseArguments([], lines)
  assert.deepEqual(asked, { lines, rounds: 5, seconds: 3, keys: 10_000, manyKeys: 10_000_000, beside: null, write: false })
})

test('--only takes lines by name, together or one by one, in the order of the table', () => {
  const asked = parseArguments(['--only', 'start,open-route', '--only', 'lone-request'], lines)
  assert.deepEqual(
    asked.lines.map(({ name }) => name),
    ['open-route', 'lone-request', 'start'],
  )
})

test('no two lines have the same name', () => {
  assert.equal(new Set(lines.map(({ name }) => name)).size, lines.length)
})

for (const [given, says] of [
  [['--only', 'opne-route'], /no line opne-route\. Lines: open-route, /],
  [['--write', '--only', 'start'], /without --only/],
  [['--rounds', '0'], /--rounds takes a positive number/],
  [['--rounds', '1.5'], /--rounds takes a whole number/],
  [['--seconds', 'long'], /--seconds takes a positive number, not long/],
] as const) {
  test(`${given.join(' ')} is refused, and why is said`, () => {
    assert.throws(() => parseArguments(given, lines), says)
  })
}
