import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { atMost } from './at-most.ts'

test('so many are under way at once, the others follow in their order, whether those before succeed or fail', async () => {
  const limited = atMost(2)
  const started: number[] = []
  const ends = Array.from({ length: 5 }, () => Promise.withResolvers<number>())
  const results = ends.map(({ promise }, index) =>
    limited(() => {
      started.push(index)
      return promise
    }),
  )
  await setImmediate()
  assert.deepEqual(started, [0, 1])
  ends[1]!.reject(new Error('no'))
  await assert.rejects(results[1]!, /no/)
  assert.deepEqual(started, [0, 1, 2])
  ends[0]!.resolve(0)
  ends[2]!.resolve(2)
  assert.deepEqual(await Promise.all([results[0], results[2]]), [0, 2])
  assert.deepEqual(started, [0, 1, 2, 3, 4])
  ends[3]!.resolve(3)
  ends[4]!.resolve(4)
  assert.deepEqual(await Promise.all([results[3], results[4]]), [3, 4])
  assert.equal(await limited(async () => 5), 5)
})
