import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openDatabase } from '../database/database.ts'
import { openTestDashboard, testPassword } from '../testing/test-dashboard.ts'
import { databaseKinds, locationOf, openTestDatabase } from '../testing/test-database.ts'
import { createSetUpToken } from './create-set-up-token.ts'
import { setUp } from './set-up.ts'

const hashPassword = async (password: string) => `hash of ${password.length}`

for (const kind of databaseKinds) {
  describe(`set-up on ${kind}`, () => {
    it('makes the first account as owner of its organization and signs it in', async (t) => {
      const owner = await (await openTestDashboard(await openTestDatabase(kind, t), t)).setUp()
      const { status, body } = await owner.ask('GET', '/session')
      assert.equal(status, 200)
      assert.match(body.user.id, /^user_\w{20}$/)
      assert.match(body.organization.id, /^org_\w{20}$/)
      assert.deepEqual([body.user.name, body.user.email], ['Olga Owner', 'owner@example.test'])
      assert.deepEqual([body.organization.name, body.organization.role], ['Acme', 'owner'])
    })

    it('makes exactly one account, however many set up at once, with one token or with those of several servers', async (t) => {
      for (let round = 0; round < 5; round++) {
        const database = await openTestDatabase(kind, t)
        const other = openDatabase({ location: locationOf(database) })
        t.after(() => other.close())
        const tokens = [await createSetUpToken(database), await createSetUpToken(other)] as string[]
        const attempts = await Promise.allSettled(
          [0, 1, 2, 3, 4, 5, 6, 7].map((n) => {
            const person = { name: `P ${n}`, email: `p${n}@example.test`, password: testPassword, organizationName: 'Acme' }
            return setUp(n % 2 === 0 ? database : other, { hashPassword }, { token: tokens[(n >> 1) % 2]!, ...person })
          }),
        )
        const refused = attempts.filter((attempt) => attempt.status === 'rejected').map(({ reason }) => reason.code)
        assert.deepEqual(refused, Array(7).fill('invalid_token'))
        assert.equal((await database.kysely.selectFrom('user').select('id').execute()).length, 1)
        assert.equal((await database.kysely.selectFrom('organization').select('id').execute()).length, 1)
      }
    })

    it('is closed for ever once there is an account', async (t) => {
      const database = await openTestDatabase(kind, t)
      const token = await createSetUpToken(database)
      const dashboard = await openTestDashboard(database, t)
      await dashboard.setUp()
      assert.equal(await createSetUpToken(database), null)
      const person = { name: 'Late', email: 'late@example.test', password: testPassword, organizationName: 'Late' }
      for (const tried of [token, 'made-up']) {
        const answer = await dashboard.browser().ask('POST', '/set-up', { token: tried, ...person })
        assert.deepEqual([answer.status, answer.body.code, answer.cookie], [403, 'invalid_token', ''])
      }
    })

    it('refuses a made-up token before it hashes anything', async (t) => {
      const database = await openTestDatabase(kind, t)
      await createSetUpToken(database)
      const hashPassword = () => assert.fail('a password was hashed')
      const person = { name: 'Mallory', email: 'mallory@example.test', password: testPassword, organizationName: 'Acme' }
      await assert.rejects(setUp(database, { hashPassword }, { token: 'made-up', ...person }), { code: 'invalid_token' })
    })

    it('says how long a password must be, and what a name must not have', async (t) => {
      const database = await openTestDatabase(kind, t)
      const token = await createSetUpToken(database)
      const visitor = (await openTestDashboard(database, t)).browser()
      const person = { token, name: 'Olga', email: 'o@example.test', password: testPassword, organizationName: 'Acme' }
      const wrong: [object, RegExp][] = [
        [{ password: 'short' }, /"password" must have 10 to 128 characters; it has 5/],
        [{ password: '🍃'.repeat(129) }, /10 to 128 characters; it has 129/],
        [{ name: 'a\u0000b' }, /"name" must not contain control characters/],
        [{ name: ' \u200b ' }, /"name" must have something to see/],
        [{ organizationName: 'x'.repeat(101) }, /"organizationName" must have at most 100 characters/],
        [
          { email: 'not an address', password: 'short' },
          /"email" must be written as in "ada@example\.com"; "password" must have 10 to 128 characters; it has 5/,
        ],
        [{ extra: 1 }, /"extra" is not known here/],
      ]
      for (const [change, detail] of wrong) {
        const { status, body } = await visitor.ask('POST', '/set-up', { ...person, ...change })
        assert.deepEqual([status, body.code], [400, 'invalid_body'])
        assert.match(body.detail, detail)
      }
      assert.equal((await visitor.ask('POST', '/set-up', { ...person, password: '🍃'.repeat(128) })).status, 204)
      const again = await visitor.ask('POST', '/sign-in', { email: 'o@example.test', password: '🍃'.repeat(128) })
      assert.equal(again.status, 204)
    })
  })
}
