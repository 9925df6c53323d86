import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sql } from 'kysely'
import { readClock } from '../database/database.ts'
import { createPasswordReset } from '../organizations/create-password-reset.ts'
import { keepErasing } from '../organizations/keep-erasing.ts'
import { openTestApp } from '../testing/test-app.ts'
import { openTestDashboard, testPassword } from '../testing/test-dashboard.ts'
import { databaseKinds, openTestDatabase } from '../testing/test-database.ts'
import { deletePastEvents, keptMs, keptOfAKind } from './delete-past-events.ts'
import { writeAccountEvent } from './write-account-event.ts'

for (const kind of databaseKinds) {
  describe(`account events on ${kind}`, () => {
    it('are listed to their account alone, the newest first, a page at a time', async (t) => {
      const { app, database, signedInAs } = await openTestApp(kind, t)
      const [me, other] = [await signedInAs('viewer'), await signedInAs('owner')]
      for (let number = 0; number < 5; number++) {
        for (const { userId } of [me, other])
          await writeAccountEvent(database, database.kysely, { userId, action: 'signed_in', details: { number } })
        await writeAccountEvent(database, database.kysely, { userId: null, action: 'sign_in_failed' })
      }
      const read = async (query: string) => {
        const answer = await app.inject({ url: `/api/dashboard/v1/account/events?${query}`, headers: { cookie: me.cookie } })
        assert.equal(answer.statusCode, 200, answer.body)
        return answer.json()
      }
      const all = await read('')
      assert.deepEqual(
        all.events.map(({ action, details }: { action: string; details: object }) => [action, details]),
        [4, 3, 2, 1, 0].map((number) => ['signed_in', { number }]),
      )
      assert.equal(all.nextCursor, null)
      const paged: object[] = []
      for (let cursor = ''; ; ) {
        const { events, nextCursor } = await read(`limit=2${cursor}`)
        paged.push(...events)
        // What is written meanwhile is on no page that follows.
        await writeAccountEvent(database, database.kysely, { userId: me.userId, action: 'signed_out' })
        if (nextCursor === null) break
        cursor = `&cursor=${nextCursor}`
      }
      assert.deepEqual(paged, all.events)
      const refused = await app.inject({ url: '/api/dashboard/v1/account/events?cursor=x', headers: { cookie: me.cookie } })
      assert.deepEqual([refused.statusCode, refused.json().code], [400, 'invalid_query'])
    })

    it('tell nobody which addresses have an account', async (t) => {
      const database = await openTestDatabase(kind, t)
      const dashboard = await openTestDashboard(database, t)
      await dashboard.setUp()
      const tryIt = async (email: string) => {
        const { status, body } = await dashboard.browser().ask('POST', '/sign-in', { email, password: 'not the password' })
        const { requestId: _, ...rest } = body
        return { status, ...rest }
      }
      await database.kysely.deleteFrom('accountEvent').execute()
      assert.deepEqual(await tryIt('nobody@example.test'), await tryIt('owner@example.test'))
      const events = await database.kysely.selectFrom('accountEvent').selectAll().orderBy('id').execute()
      assert.deepEqual(
        events.map(({ action, userId, details }) => [action, userId === null, details]),
        [
          ['sign_in_failed', true, '{}'],
          ['sign_in_failed', false, '{}'],
        ],
      )
      assert.ok(!JSON.stringify(events).includes('nobody'))
    })

    it('tell of the link that the operator has made', async (t) => {
      const database = await openTestDatabase(kind, t)
      const dashboard = await openTestDashboard(database, t)
      await dashboard.setUp()
      const { id } = await database.kysely.selectFrom('user').select('id').executeTakeFirstOrThrow()
      await createPasswordReset(database, 'owner@example.test')
      const event = await database.kysely.selectFrom('accountEvent').selectAll().orderBy('id', 'desc').executeTakeFirstOrThrow()
      assert.deepEqual([event.action, event.userId, event.address], ['password_reset_link_made', id, null])
      await assert.rejects(createPasswordReset(database, 'nobody@example.test'))
      const { count } = await sql<{ count: number }>`select count(*) as count from "accountEvent" where action = ${event.action}`
        .execute(database.kysely)
        .then(({ rows }) => rows[0]!)
      assert.equal(count, 1)
    })

    it('keep a session from beginning that cannot be told of', async (t) => {
      const database = await openTestDatabase(kind, t)
      const dashboard = await openTestDashboard(database, t)
      await dashboard.setUp()
      await sql`alter table "accountEvent" rename to "elsewhere"`.execute(database.kysely)
      const answer = await dashboard.browser().ask('POST', '/sign-in', { email: 'owner@example.test', password: testPassword })
      assert.deepEqual([answer.status, answer.cookie], [500, ''])
      assert.equal((await database.kysely.selectFrom('session').select('id').execute()).length, 1)
    })

    it('that are old go while the server runs', async (t) => {
      const database = await openTestDatabase(kind, t)
      const old = { at: 0, userId: null, action: 'sign_in_failed', details: '{}', address: null, requestId: null } as const
      await database.kysely.insertInto('accountEvent').values(old).execute()
      const stop = keepErasing(database, (error) => assert.fail(String(error)))
      while ((await database.kysely.selectFrom('accountEvent').select('id').execute()).length > 0);
      await stop()
    })

    it('are bounded: of a flood of failures the newest stay, and of everything else what is younger than 90 days', async (t) => {
      let offset = 0
      const database = await openTestDatabase(kind, t, () => offset)
      const flood = async (userId: string | null, count: number) => {
        const at = await readClock(database)
        const row = { at, userId, action: 'sign_in_failed', details: '{}', address: null, requestId: null } as const
        for (let made = 0; made < count; made += 500) {
          const rows = Array.from({ length: Math.min(500, count - made) }, () => row)
          await database.kysely.insertInto('accountEvent').values(rows).execute()
        }
      }
      const count = async (userId: string | null, action: string) => {
        const { rows } = await sql<{ count: number }>`select count(*) as count from "accountEvent"
          where action = ${action} and coalesce("userId", '') = ${userId ?? ''}`.execute(database.kysely)
        return rows[0]!.count
      }
      await writeAccountEvent(database, database.kysely, { userId: 'a', action: 'signed_in' })
      await writeAccountEvent(database, database.kysely, { userId: 'b', action: 'sign_in_failed' })
      await flood('a', keptOfAKind + 1_203)
      await flood(null, keptOfAKind + 7)
      const newest = await database.kysely
        .selectFrom('accountEvent')
        .select(({ fn }) => fn.max('id').as('id'))
        .executeTakeFirstOrThrow()
      await deletePastEvents(database)
      const counts = () =>
        Promise.all([count('a', 'sign_in_failed'), count(null, 'sign_in_failed'), count('b', 'sign_in_failed'), count('a', 'signed_in')])
      assert.deepEqual(await counts(), [keptOfAKind, keptOfAKind, 1, 1])
      const left = await database.kysely.selectFrom('accountEvent').select('id').where('id', '=', newest.id).execute()
      assert.equal(left.length, 1)
      offset = keptMs - 60_000
      await deletePastEvents(database)
      assert.deepEqual(await counts(), [keptOfAKind, keptOfAKind, 1, 1])
      await writeAccountEvent(database, database.kysely, { userId: 'b', action: 'sign_in_failed' })
      offset = keptMs + 60_000
      await deletePastEvents(database)
      assert.deepEqual(await counts(), [0, 0, 1, 0])
    })
  })
}
