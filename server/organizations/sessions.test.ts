import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Browser, openTestDashboard, testPassword } from '../testing/test-dashboard.ts'
import { databaseKinds, openTestDatabase } from '../testing/test-database.ts'
import { createPasswordReset } from './create-password-reset.ts'
import { resetPassword } from './reset-password.ts'

const email = 'owner@example.test'
const newPassword = 'a new password for the owner'

async function signIn(browser: Browser, password = testPassword): Promise<Browser> {
  assert.equal((await browser.ask('POST', '/sign-in', { email, password })).status, 204)
  return browser
}

const statusOf = async (browser: Browser) => (await browser.ask('GET', '/session')).status

for (const kind of databaseKinds) {
  describe(`sessions on ${kind}`, () => {
    it('end with the sign-out: the cookie opens nothing any more', async (t) => {
      const { setUp } = await openTestDashboard(await openTestDatabase(kind, t), t)
      const owner = await setUp()
      const { cookie } = owner
      assert.equal((await owner.ask('POST', '/sign-out')).status, 204)
      owner.cookie = cookie
      const answer = await owner.ask('GET', '/session')
      assert.deepEqual([answer.status, answer.body.code], [401, 'not_signed_in'])
    })

    it('are listed, a page at a time, and ended one by one or all others, only by their user', async (t) => {
      const dashboard = await openTestDashboard(await openTestDatabase(kind, t), t)
      const owner = await dashboard.setUp()
      const phone = await signIn(dashboard.browser({ 'user-agent': 'phone' }))
      const laptop = await signIn(dashboard.browser({ 'user-agent': 'laptop' }))
      const stranger = await dashboard.join(owner, 'stranger', 'admin')
      const first = (await owner.ask('GET', '/sessions?limit=2')).body
      const second = (await owner.ask('GET', `/sessions?limit=2&cursor=${first.nextCursor}`)).body
      assert.equal(second.nextCursor, null)
      const sessions = [...first.sessions, ...second.sessions]
      const agents = sessions.map(({ userAgent, current, ipAddress }: { userAgent: string; current: boolean; ipAddress: string }) => [
        userAgent,
        current,
        ipAddress,
      ])
      const lightMyRequest = agents[0]![0]
      assert.deepEqual(agents, [
        [lightMyRequest, true, '127.0.0.1'],
        ['phone', false, '127.0.0.1'],
        ['laptop', false, '127.0.0.1'],
      ])
      const impossible = ['2026-02-30T00:00:00.000Z ses_1', '0000-01-01T00:00:00.000Z ses_1', '2026-01-01T24:00:00.000Z ses_1', 'x']
      for (const text of ['', ...impossible]) {
        const { status, body } = await owner.ask('GET', `/sessions?cursor=${Buffer.from(text).toString('base64url')}`)
        assert.deepEqual([status, body.code], [400, 'invalid_query'], text)
      }

      const phoneId = sessions[1].id
      const foreign = await stranger.ask('DELETE', `/sessions/${phoneId}`)
      const absent = await stranger.ask('DELETE', '/sessions/ses_00000000000000000000')
      assert.deepEqual([foreign.status, foreign.body.detail], [404, absent.body.detail])
      assert.equal((await owner.ask('DELETE', `/sessions/${phoneId}`)).status, 204)
      assert.deepEqual([await statusOf(phone), await statusOf(laptop)], [401, 200])
      assert.equal((await owner.ask('DELETE', '/sessions')).status, 204)
      assert.deepEqual([await statusOf(owner), await statusOf(laptop), await statusOf(stranger)], [200, 401, 200])
    })

    it('save the one that changes the password end with it, which the old password must allow', async (t) => {
      const dashboard = await openTestDashboard(await openTestDatabase(kind, t), t)
      const owner = await dashboard.setUp()
      const phone = await signIn(dashboard.browser())
      const wrong = await owner.ask('POST', '/password', { password: 'not the password', newPassword })
      assert.deepEqual([wrong.status, wrong.body.code, await statusOf(phone)], [403, 'wrong_password', 200])
      const short = await owner.ask('POST', '/password', { password: testPassword, newPassword: 'short' })
      assert.match(short.body.detail, /"newPassword" must have 10 to 128 characters/)
      assert.equal((await owner.ask('POST', '/password', { password: testPassword, newPassword })).status, 204)
      assert.deepEqual([await statusOf(owner), await statusOf(phone)], [200, 401])
      assert.equal((await phone.ask('POST', '/sign-in', { email, password: testPassword })).status, 401)
      await signIn(phone, newPassword)
    })

    it('all end with a password reset; its link works once, however many use it at once, and for an hour', async (t) => {
      let offset = 0
      const database = await openTestDatabase(kind, t, () => offset)
      const dashboard = await openTestDashboard(database, t)
      const owner = await dashboard.setUp()
      await assert.rejects(createPasswordReset(database, 'nobody@example.test'), { code: 'not_found' })
      const replaced = await createPasswordReset(database, email)
      const token = await createPasswordReset(database, 'OWNER@example.test')
      const reset = (token: string) => owner.ask('POST', '/password-reset', { token, password: newPassword })
      assert.equal((await reset(replaced)).body.code, 'invalid_token')
      const { cookie } = owner
      const hashPassword = async () => 'a hash'
      const uses = await Promise.allSettled(
        Array.from({ length: 8 }, () => resetPassword(database, { hashPassword }, { token, password: newPassword })),
      )
      assert.equal(uses.filter(({ status }) => status === 'fulfilled').length, 1)
      for (const use of uses) if (use.status === 'rejected') assert.equal(use.reason.code, 'invalid_token')
      owner.cookie = cookie
      assert.equal(await statusOf(owner), 401)

      const late = await createPasswordReset(database, email)
      offset = 3_600_001
      assert.equal((await reset(late)).body.code, 'invalid_token')
      const intime = await createPasswordReset(database, email)
      offset += 3_590_000
      assert.equal((await reset(intime)).status, 204)
      assert.equal((await owner.ask('POST', '/sign-in', { email, password: newPassword })).status, 204)
    })

    it('leave no rows behind for ever: those that have expired go with the next sign-in', async (t) => {
      let offset = 0
      const database = await openTestDatabase(kind, t, () => offset)
      const { setUp } = await openTestDashboard(database, t)
      const owner = await setUp()
      const ids = async () => (await database.kysely.selectFrom('session').select('id').execute()).map(({ id }) => id)
      const [first] = await ids()
      await signIn(owner)
      assert.equal((await ids()).length, 2)
      offset = 15 * 86_400_000
      await signIn(owner)
      const left = await ids()
      assert.deepEqual([left.length, left.includes(first!)], [1, false])
    })

    it('have an active organization only while their user is a member of it', async (t) => {
      const database = await openTestDatabase(kind, t)
      const dashboard = await openTestDashboard(database, t)
      const owner = await dashboard.setUp()
      const member = await dashboard.join(owner, 'member', 'member')
      const { organization } = (await owner.ask('GET', '/session')).body
      assert.equal((await member.ask('GET', '/session')).body.organization.id, organization.id)
      const own = (await member.ask('POST', '/organizations', { name: 'Own' })).body.organization
      assert.equal((await member.ask('GET', '/session')).body.organization.id, organization.id)
      assert.equal((await member.ask('PUT', '/session/organization', { organizationId: own.id })).body.organization.role, 'owner')
      assert.equal((await member.ask('GET', '/session')).body.organization.id, own.id)
      assert.equal((await member.ask('PUT', '/session/organization', { organizationId: organization.id })).status, 200)
      const foreign = await owner.ask('PUT', '/session/organization', { organizationId: own.id })
      const absent = await owner.ask('PUT', '/session/organization', { organizationId: 'org_00000000000000000000' })
      assert.deepEqual([foreign.status, foreign.body.code, foreign.body.detail], [404, 'not_found', absent.body.detail])

      assert.equal((await member.ask('POST', `/organizations/${organization.id}/leave`)).status, 204)
      assert.equal((await member.ask('GET', '/session')).body.organization, null)
      assert.equal((await dashboard.authentication.findSession({ cookie: member.cookie }))?.activeOrganizationId, null)
    })
  })
}
