import assert from 'node:assert/strict'
import { it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { inBatches } from './batches.ts'

/** Batches that end when they are told to. */
function openBatches(options: { groupOf?(item: string): string; maxBatch?: number } = {}) {
  const begun: { items: readonly string[]; end: PromiseWithResolvers<readonly string[]> }[] = []
  const ask = inBatches<string, string>({
    ...options,
    act(items) {
      const end = Promise.withResolvers<readonly string[]>()
      begun.push({ items, end })
      return end.promise
    },
  })
  const turns = async () => {
    for (let turn = 0; turn < 3; turn++) await setImmediate()
  }
  return { ask, begun, turns }
}

it('does together what is asked for in one turn, and next what is asked for meanwhile', async () => {
  const { ask, begun, turns } = openBatches()
  const first = [ask('a'), ask('b')]
  await turns()
  const second = [ask('c'), ask('d')]
  await turns()
  assert.deepEqual(
    begun.map(({ items }) => items),
    [['a', 'b']],
  )
  begun[0]!.end.resolve(['A', 'B'])
  assert.deepEqual(await Promise.all(first), ['A', 'B'])
  await turns()
  assert.deepEqual(begun[1]!.items, ['c', 'd'])
  begun[1]!.end.resolve(['C', 'D'])
  assert.deepEqual(await Promise.all(second), ['C', 'D'])
  const later = ask('e')
  await turns()
  begun[2]!.end.resolve(['E'])
  assert.equal(await later, 'E')
})

it('keeps groups apart, and lets none wait for another', async () => {
  const { ask, begun, turns } = openBatches({ groupOf: (item) => item[0]! })
  const asked = ['a1', 'b1', 'a2'].map(ask)
  await turns()
  assert.deepEqual(
    begun.map(({ items }) => items),
    [['a1', 'a2'], ['b1']],
  )
  begun[1]!.end.resolve(['B1'])
  assert.equal(await asked[1], 'B1')
  begun[0]!.end.resolve(['A1', 'A2'])
  assert.deepEqual(await Promise.all(asked), ['A1', 'B1', 'A2'])
})

it('makes no batch larger than it may be', async () => {
  const { ask, begun, turns } = openBatches({ maxBatch: 2 })
  const asked = ['a', 'b', 'c'].map(ask)
  await turns()
  begun[0]!.end.resolve(['A', 'B'])
  await turns()
  assert.deepEqual(begun[1]!.items, ['c'])
  begun[1]!.end.resolve(['C'])
  assert.deepEqual(await Promise.all(asked), ['A', 'B', 'C'])
})

it('tells all of a batch that it failed, and does the next', async () => {
  const { ask, begun, turns } = openBatches()
  const failing = Promise.allSettled([ask('a'), ask('b')])
  await turns()
  const next = ask('c')
  begun[0]!.end.reject(new RangeError('enough'))
  for (const outcome of await failing) assert.ok(outcome.status === 'rejected' && outcome.reason instanceof RangeError)
  await turns()
  begun[1]!.end.resolve(['C'])
  assert.equal(await next, 'C')
})
