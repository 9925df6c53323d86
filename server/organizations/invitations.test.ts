import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Browser, openTestDashboard, testPassword } from '../testing/test-dashboard.ts'
import { databaseKinds, openTestDatabase } from '../testing/test-database.ts'

async function activeOrganization(browser: Browser): Promise<string> {
  return (await browser.ask('GET', '/session')).body.organization.id
}

const tokenOf = (link: string) => link.split('#token=')[1]!

for (const kind of databaseKinds) {
  describe(`invitations on ${kind}`, () => {
    it('tell what they invite to, and are accepted exactly once, however many accept at once', async (t) => {
      const dashboard = await openTestDashboard(await openTestDatabase(kind, t), t)
      const owner = await dashboard.setUp()
      const guest = await dashboard.join(owner, 'guest', 'viewer')
      const acme = (await owner.ask('POST', '/organizations', { name: 'Second' })).body.organization.id
      const invited = await owner.ask('POST', `/organizations/${acme}/invitations`, { email: 'guest@example.test', role: 'admin' })
      assert.match(invited.body.link, /^http:\/\/localhost:3000\/invitations#token=[\w-]{43}$/)
      const token = tokenOf(invited.body.link)
      const { status, body } = await dashboard.browser().ask('POST', '/invitations/read', { token })
      assert.equal(status, 200)
      assert.deepEqual(body.invitation, {
        organizationName: 'Second',
        email: 'guest@example.test',
        role: 'admin',
        expiresAt: invited.body.invitation.expiresAt,
      })
      const answers = await Promise.all([1, 2, 3, 4, 5, 6].map(() => guest.ask('POST', '/invitations/accept', { token })))
      assert.deepEqual(answers.map((answer) => answer.body.code ?? answer.body.organization.role).sort(), [
        'admin',
        ...Array(5).fill('invalid_token'),
      ])
      assert.equal(await activeOrganization(guest), acme)
      assert.equal((await guest.ask('GET', `/organizations/${acme}/members`)).body.members.length, 2)
    })

    it('are accepted only by who is signed in with their address', async (t) => {
      const dashboard = await openTestDashboard(await openTestDatabase(kind, t), t)
      const owner = await dashboard.setUp()
      const eve = await dashboard.join(owner, 'eve', 'viewer')
      const acme = await activeOrganization(owner)
      const { link } = (await owner.ask('POST', `/organizations/${acme}/invitations`, { email: 'bob@example.test', role: 'owner' })).body
      const answer = await eve.ask('POST', '/invitations/accept', { token: tokenOf(link) })
      assert.deepEqual([answer.status, answer.body.code], [403, 'invitation_for_another'])
      assert.match(answer.body.detail, /bob@example\.test/)
      assert.equal((await dashboard.browser().ask('POST', '/invitations/accept', { token: tokenOf(link) })).status, 401)
      assert.equal((await dashboard.browser().ask('POST', '/invitations/read', { token: tokenOf(link) })).status, 200)
    })

    it('of an address replace each other; cancelled and expired ones open nothing', async (t) => {
      let offset = 0
      const database = await openTestDatabase(kind, t, () => offset)
      const dashboard = await openTestDashboard(database, t)
      const owner = await dashboard.setUp()
      const acme = await activeOrganization(owner)
      const path = `/organizations/${acme}/invitations`
      const invite = async (email: string) => (await owner.ask('POST', path, { email, role: 'member' })).body
      const readable = async (link: string) => (await owner.ask('POST', '/invitations/read', { token: tokenOf(link) })).body.code ?? 'yes'
      const first = await invite('bob@example.test')
      const second = await invite('Bob@Example.test')
      const other = await invite('eve@example.test')
      assert.deepEqual([await readable(first.link), await readable(second.link)], ['invalid_token', 'yes'])
      const listed = (await owner.ask('GET', path)).body
      assert.deepEqual(
        listed.invitations.map(({ email }: { email: string }) => email),
        ['bob@example.test', 'eve@example.test'],
      )
      assert.ok(!JSON.stringify(listed).includes(tokenOf(second.link)))
      assert.equal((await owner.ask('DELETE', `${path}/${second.invitation.id}`)).status, 204)
      assert.equal((await owner.ask('DELETE', `${path}/${second.invitation.id}`)).status, 404)
      assert.equal(await readable(second.link), 'invalid_token')
      const together = await Promise.all([1, 2, 3, 4].map(() => invite('many@example.test')))
      const live = await Promise.all(together.map(({ link }) => readable(link)))
      assert.deepEqual(live.sort(), ['invalid_token', 'invalid_token', 'invalid_token', 'yes'])
      offset = 7 * 86_400_000 - 10_000
      assert.equal(await readable(other.link), 'yes')
      offset = 7 * 86_400_000 + 60_000
      assert.equal(await readable(other.link), 'invalid_token')
      const person = { name: 'Eve', email: 'eve@example.test', password: testPassword, invitationToken: tokenOf(other.link) }
      assert.equal((await dashboard.browser().ask('POST', '/sign-up', person)).body.code, 'invalid_token')
      assert.deepEqual((await owner.ask('GET', path)).body.invitations, [])
    })

    it('are for admins and owners to make; to be an owner, for owners alone to make, replace and cancel', async (t) => {
      let offset = 0
      const dashboard = await openTestDashboard(await openTestDatabase(kind, t, () => offset), t)
      const owner = await dashboard.setUp()
      const acme = await activeOrganization(owner)
      const path = `/organizations/${acme}/invitations`
      const admin = await dashboard.join(owner, 'admin', 'admin')
      const member = await dashboard.join(owner, 'member', 'member')
      const ask = async (browser: Browser, role: string) => (await browser.ask('POST', path, { email: 'new@example.test', role })).body
      assert.equal((await ask(member, 'viewer')).permission, 'members:manage')
      assert.equal((await ask(admin, 'owner')).permission, 'owners:manage')
      assert.equal((await ask(admin, 'admin')).invitation.role, 'admin')
      const { invitation } = await ask(owner, 'owner')
      assert.equal(invitation.role, 'owner')
      for (const role of ['viewer', 'admin', 'owner']) assert.equal((await ask(admin, role)).permission, 'owners:manage')
      assert.equal((await admin.ask('DELETE', `${path}/${invitation.id}`)).body.permission, 'owners:manage')
      const listed = (await owner.ask('GET', path)).body.invitations
      assert.deepEqual(listed, [invitation])
      offset = 7 * 86_400_000 + 60_000
      assert.equal((await ask(admin, 'viewer')).invitation.role, 'viewer')
      assert.equal((await member.ask('GET', path)).body.code, 'missing_permission')
      const again = await owner.ask('POST', path, { email: 'Member@example.test', role: 'viewer' })
      assert.deepEqual([again.status, again.body.code], [409, 'already_exists'])
    })

    it('end with the power of who made them', async (t) => {
      const dashboard = await openTestDashboard(await openTestDatabase(kind, t), t)
      const owner = await dashboard.setUp()
      const acme = await activeOrganization(owner)
      const { members } = (await owner.ask('GET', `/organizations/${acme}/members`)).body
      assert.equal(members.length, 1)
      for (const way of ['demoted', 'removed', 'left', 'deleted']) {
        const admin = await dashboard.join(owner, way, 'admin')
        const invitation = { email: `friend-of-${way}@example.test`, role: 'admin' }
        const { link } = (await admin.ask('POST', `/organizations/${acme}/invitations`, invitation)).body
        const all = (await owner.ask('GET', `/organizations/${acme}/members`)).body.members as { id: string; email: string }[]
        const member = `/organizations/${acme}/members/${all.find(({ email }) => email === `${way}@example.test`)?.id}`
        if (way === 'demoted') assert.equal((await owner.ask('PATCH', member, { role: 'viewer' })).status, 204)
        if (way === 'removed') assert.equal((await owner.ask('DELETE', member)).status, 204)
        if (way === 'left') assert.equal((await admin.ask('POST', `/organizations/${acme}/leave`)).status, 204)
        if (way === 'deleted') assert.equal((await admin.ask('DELETE', '/account', { password: testPassword })).status, 204)
        const answer = await owner.ask('POST', '/invitations/read', { token: tokenOf(link) })
        assert.equal(answer.body.code, 'invalid_token', way)
      }
    })
  })
}
