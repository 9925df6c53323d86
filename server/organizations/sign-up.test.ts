import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openTestDashboard, type TestDashboard, testPassword } from '../testing/test-dashboard.ts'
import { databaseKinds, openTestDatabase } from '../testing/test-database.ts'

const person = { name: 'Nora', email: 'nora@example.test', password: testPassword }

for (const kind of databaseKinds) {
  describe(`sign-up on ${kind}`, () => {
    it('needs an invitation, and when it is open an account made by the set-up link', async (t) => {
      const database = await openTestDatabase(kind, t)
      const closed = await openTestDashboard(database, t)
      const open = await openTestDashboard(database, t, { config: { signUp: 'open' } })
      const before = await open.browser().ask('POST', '/sign-up', person)
      assert.deepEqual([before.status, before.body.code], [403, 'sign_up_by_invitation'])
      assert.match(before.body.detail, /set-up link/)
      const isOpen = async (dashboard: TestDashboard) => (await dashboard.browser().ask('GET', '/sign-up')).body.open
      assert.deepEqual([await isOpen(open), await isOpen(closed)], [false, false])
      await closed.setUp()
      assert.deepEqual([await isOpen(open), await isOpen(closed)], [true, false])
      const uninvited = await closed.browser().ask('POST', '/sign-up', person)
      assert.deepEqual([uninvited.status, uninvited.body.code], [403, 'sign_up_by_invitation'])

      const nora = open.browser()
      assert.equal((await nora.ask('POST', '/sign-up', { ...person, organizationName: 'Nora & Co' })).status, 204)
      const { organization } = (await nora.ask('GET', '/session')).body
      assert.deepEqual([organization.name, organization.role], ['Nora & Co', 'owner'])
      const without = open.browser()
      assert.equal((await without.ask('POST', '/sign-up', { ...person, email: 'other@example.test' })).status, 204)
      assert.equal((await without.ask('GET', '/session')).body.organization, null)
    })

    it('makes one account of an address, whatever its case, however many try at once', async (t) => {
      const database = await openTestDatabase(kind, t)
      const open = await openTestDashboard(database, t, { config: { signUp: 'open' } })
      await open.setUp()
      const emails = ['nora@example.test', 'Nora@example.test', 'NORA@EXAMPLE.TEST', 'nora@Example.test']
      const answers = await Promise.all(emails.map((email) => open.browser().ask('POST', '/sign-up', { ...person, email })))
      assert.deepEqual(answers.map(({ status }) => status).sort(), [204, 409, 409, 409])
      assert.equal(answers.find(({ status }) => status === 409)?.body.code, 'already_exists')
    })

    it('with an invitation gives its membership, and takes no other address', async (t) => {
      const database = await openTestDatabase(kind, t)
      const dashboard = await openTestDashboard(database, t)
      const owner = await dashboard.setUp()
      const { organization } = (await owner.ask('GET', '/session')).body
      const invited = await owner.ask('POST', `/organizations/${organization.id}/invitations`, {
        email: 'Nora@Example.test',
        role: 'viewer',
      })
      const invitationToken = invited.body.link.split('#token=')[1]
      const nora = dashboard.browser()
      const other = await nora.ask('POST', '/sign-up', { ...person, email: 'eve@example.test', invitationToken })
      assert.deepEqual([other.status, other.body.code], [403, 'invitation_for_another'])
      assert.equal((await nora.ask('POST', '/sign-up', { ...person, invitationToken })).status, 204)
      const session = await nora.ask('GET', '/session')
      assert.deepEqual([session.body.organization.id, session.body.organization.role], [organization.id, 'viewer'])
      const twice = await nora.ask('POST', '/sign-up', { ...person, invitationToken })
      assert.deepEqual([twice.status, twice.body.code], [403, 'invalid_token'])
    })
  })
}
