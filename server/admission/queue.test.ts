import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readUse } from '../testing/read-use.ts'
import { seedKey } from '../testing/seed.ts'
import { databaseKinds, openTestDatabase } from '../testing/test-database.ts'
import { openGate } from './open-gate.ts'
import { createQueue, QueueFullError } from './queue.ts'

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
