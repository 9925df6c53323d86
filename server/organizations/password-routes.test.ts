import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openTestDashboard } from '../testing/test-dashboard.ts'
import { databaseKinds, openTestDatabase } from '../testing/test-database.ts'

for (const kind of databaseKinds) {
  describe(`a forgotten password on ${kind}`, () => {
    it('is answered alike whether there is an account or not, and a link is mailed to the one that there is', async (t) => {
      const database = await openTestDatabase(kind, t)
      const dashboard = await openTestDashboard(database, t, { config: { smtpUrl: 'smtp://127.0.0.1:9' } })
      await dashboard.setUp()
      const stranger = dashboard.browser()
      assert.deepEqual((await stranger.ask('GET', '/password-reset')).body, { byMail: true })
      const ask = async (email: string) => {
        const { status, body, headers } = await stranger.ask('POST', '/password-reset/mail', { email })
        const { date: _, ...rest } = headers
        return { status, body, headers: rest }
      }
      const known = await ask('owner@example.test')
      assert.equal(known.status, 202)
      assert.deepEqual(await ask('nobody@example.test'), known)
      const mailed = await database.kysely.selectFrom('notice').selectAll().where('kind', '=', 'password_reset').execute()
      const { id } = await database.kysely.selectFrom('user').select('id').executeTakeFirstOrThrow()
      assert.deepEqual(
        mailed.map(({ userId, email }) => [userId, email]),
        [[id, null]],
      )
    })

    it('can be asked for ten times a minute from an address', async (t) => {
      const database = await openTestDatabase(kind, t)
      const attemptLimit = { max: 2, windowSeconds: 60 }
      const dashboard = await openTestDashboard(database, t, { config: { smtpUrl: 'smtp://127.0.0.1:9' }, attemptLimit })
      const ask = async () => (await dashboard.browser().ask('POST', '/password-reset/mail', { email: 'a@example.test' })).status
      assert.deepEqual([await ask(), await ask(), await ask()], [202, 202, 429])
    })

    it('needs the operator where no mail is sent, which the answer says', async (t) => {
      const database = await openTestDatabase(kind, t)
      const dashboard = await openTestDashboard(database, t)
      await dashboard.setUp()
      const stranger = dashboard.browser()
      assert.deepEqual((await stranger.ask('GET', '/password-reset')).body, { byMail: false })
      const { status, body } = await stranger.ask('POST', '/password-reset/mail', { email: 'owner@example.test' })
      assert.deepEqual([status, body.code], [409, 'mail_not_set_up'])
      assert.match(body.detail, /user reset-password/)
      assert.deepEqual(await database.kysely.selectFrom('notice').select('id').execute(), [])
    })
  })
}
