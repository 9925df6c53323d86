import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { readUse } from '../testing/read-use.ts'
import { seedKey } from '../testing/seed.ts'
import { databaseKinds, openTestDatabase } from '../testing/test-database.ts'
import type { Gate } from './gate.ts'
import { openGate } from './open-gate.ts'
import { createQueue, QueueFullError } from './queue.ts'
import type { Asked, Verdict } from './verdict.ts'

const asked: Asked = { secretHash: 'x'.repeat(43), permission: 'documents:read', address: '192.0.2.1' }

/** A queue before a gate whose batches are answered when the test says so. */
function watchedQueue(maxInFlight: number) {
  const sizes: number[] = []
  const answers: (() => void)[] = []
  const verdict: Verdict = { admitted: false, code: 'invalid_key' }
  const gate: Gate = {
    maxInFlight,
    decide: (batch) =>
      new Promise((resolve) => {
        sizes.push(batch.length)
        answers.push(() => resolve(batch.map(() => verdict)))
      }),
    close: async () => {},
  }
  const queue = createQueue({ gate })
  const ask = (count: number) => Array.from({ length: count }, () => queue.decide(asked))
  const answerNext = () => answers.shift()!()
  return { sizes, ask, answerNext }
}

/** Turns of the event loop enough for whatever may go to have gone. */
async function turns() {
  for (let turn = 0; turn < 5; turn++) await setImmediate()
}

describe('the batches of the admission queue', () => {
  it('go one after the other while few requests wait; beside another goes only a large one, as far as the gate allows', async () => {
    const { sizes, ask, answerNext } = watchedQueue(2)
    ask(1)
    await turns()
    ask(63)
    await turns()
    assert.deepEqual(sizes, [1])
    ask(1)
    await turns()
    assert.deepEqual(sizes, [1, 64])
    ask(70)
    await turns()
    assert.deepEqual(sizes, [1, 64])
    answerNext()
    await turns()
    assert.deepEqual(sizes, [1, 64, 70])
    ask(2)
    for (const _ of ['64', '70']) answerNext()
    await turns()
    assert.deepEqual(sizes, [1, 64, 70, 2])
  })

  it('take in those who ask again once they have their answer', async () => {
    const { sizes, ask, answerNext } = watchedQueue(1)
    const first = ask(3)
    await turns()
    ask(2)
    answerNext()
    await Promise.all(first)
    // The way to the client and back.
    await setImmediate()
    ask(3)
    await turns()
    assert.deepEqual(sizes, [3, 5])
  })
})

for (const kind of databaseKinds) {
  describe(`the admission queue on ${kind}`, () => {
    it('answers each request with its own verdict', async (t) => {
      const database = await openTestDatabase(kind, t)
      const gate = openGate(database, { dailyQuota: 10 })
      t.after(() => gate.close())
      const queue = createQueue({ gate, maxBatch: 3 })
      const keys = await Promise.all(Array.from({ length: 10 }, () => seedKey(database)))
      const verdicts = await Promise.all(
        keys.map(({ secretHash }, index) => queue.decide({ secretHash, permission: 'documents:read', address: `192.0.2.${index}` })),
      )
      const answered = verdicts.map((verdict) => verdict.admitted && verdict.key.keyId)
      assert.deepEqual(
        answered,
        keys.map(({ keyId }) => keyId),
      )
    })

    it('turns away what is beyond its bounds, at once and uncounted, and answers all it took before it closes', async (t) => {
      const database = await openTestDatabase(kind, t)
      const gate = openGate(database, { dailyQuota: 1_000 })
      t.after(() => gate.close())
      const queue = createQueue({ gate, maxWaiting: 8, maxWaitingPerSecret: 5 })
      const [first, second] = await Promise.all([seedKey(database), seedKey(database)])
      const ask = (secretHash: string) => queue.decide({ secretHash, permission: 'documents:read', address: '' })
      const settled = Promise.allSettled([
        ...Array.from({ length: 7 }, () => ask(first.secretHash)),
        ...Array.from({ length: 5 }, () => ask(second.secretHash)),
      ])
      await queue.close()
      const outcomes = (await settled).map(
        (outcome) => outcome.status === 'fulfilled' || outcome.reason instanceof QueueFullError === false,
      )
      assert.deepEqual(outcomes, [true, true, true, true, true, false, false, true, true, true, false, false])
      assert.deepEqual((await readUse(database)).map(({ used }) => used).sort(), [3, 5])
      assert.equal(queue.waiting(), 0)
    })
  })
}
