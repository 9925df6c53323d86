import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import { sql } from 'kysely'
import { databaseKinds, openTestDatabase } from '../testing/test-database.ts'
import { maxHeld, maxWaiting, onBehalfOf, Places } from './places.ts'

describe('places', () => {
  it('are had by each name up to its number, all of a request or none, and by whoever waits once others go', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const step = fc.record({ whom: fc.subarray(['a', 'b', 'c'], { minLength: 1 }), take: fc.boolean(), which: fc.nat() })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const places = new Places()
        const held: { readonly whom: readonly string[]; leave(): void }[] = []
        const asked: Promise<unknown>[] = []
        const leaveOne = (which: number) => held.splice(which % held.length, 1)[0]!.leave()
        for (const { whom, take, which } of steps) {
          if (take) asked.push(places.take(whom).then((leave) => held.push({ whom, leave })))
          else if (held.length > 0) leaveOne(which)
          await setImmediate()
          for (const name of ['a', 'b', 'c']) assert.ok(held.filter((one) => one.whom.includes(name)).length <= maxHeld)
        }
        // Whoever waits gets there once the others go.
        while (held.length > 0) {
          leaveOne(0)
          await setImmediate()
        }
        await Promise.all(asked)
      }),
      { numRuns: 50 },
    )
  })

  it('are waited for by so many and for so long: the others are told to try again', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const places = new Places()
    const leave = []
    for (let held = 0; held < maxHeld; held++) leave.push(await places.take(['org_a', 'user_a']))
    const refused = { code: 'overloaded', answer: { headers: { 'retry-after': '1' } } }
    const waiting = Array.from({ length: maxWaiting }, () => places.take(['org_a']))
    await assert.rejects(places.take(['org_a']), (error: typeof refused) => {
      assert.deepEqual([error.code, error.answer.headers], [refused.code, refused.answer.headers])
      return true
    })
    ;(await places.take(['org_b']))()
    const late = Promise.allSettled(waiting)
    t.mock.timers.tick(5_000)
    assert.ok((await late).every(({ status }) => status === 'rejected'))
    for (const one of leave) one()
    ;(await places.take(['org_a', 'user_a']))()
  })
})

for (const kind of databaseKinds) {
  describe(`connections on ${kind}`, () => {
    it('are had with a place by work on behalf of somebody, whatever becomes of it, and given back', async (t) => {
      const { kysely } = await openTestDatabase(kind, t)
      const ask = (whom: string) => onBehalfOf([whom], () => sql<{ n: number }>`select 1 as n`.execute(kysely))
      for (let times = 0; times < 2 * maxHeld; times++) {
        await assert.rejects(onBehalfOf(['org_a'], () => sql`select wrong`.execute(kysely)))
        await assert.rejects(
          onBehalfOf(['org_a'], () =>
            kysely.transaction().execute(async () => {
              throw new Error('rolled back')
            }),
          ),
          /rolled back/,
        )
      }
      const answers = await Promise.all(Array.from({ length: 60 }, (_, index) => ask(`org_${index % 2}`)))
      assert.ok(answers.every(({ rows }) => rows[0]!.n === 1))
    })
  })
}

describe('connections on postgres', () => {
  it('are left to the others while those who wait for a row have all their places', async (t) => {
    const { kysely } = await openTestDatabase('postgres', t)
    await sql`create table contended (id int primary key)`.execute(kysely)
    await sql`insert into contended values (1)`.execute(kysely)
    const lock = (whom: string) =>
      onBehalfOf([whom], () => kysely.transaction().execute((transaction) => sql`select id from contended for update`.execute(transaction)))
    let waiting: Promise<unknown>[] = []
    await kysely.transaction().execute(async (transaction) => {
      await sql`select id from contended for update`.execute(transaction)
      waiting = Array.from({ length: 30 }, () => lock('org_a'))
      for (const whom of ['org_b', 'user_b']) await onBehalfOf([whom], () => sql`select 1`.execute(kysely))
    })
    await Promise.all(waiting)
  })
})
