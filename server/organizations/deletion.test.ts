import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sql } from 'kysely'
import type { Database } from '../database/database.ts'
import { openTestDashboard, testPassword } from '../testing/test-dashboard.ts'
import { databaseKinds, openTestDatabase } from '../testing/test-database.ts'

async function count(database: Database, table: string, column: string, value: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from ${sql.table(table)} where ${sql.ref(column)} = ${value}`.execute(
    database.kysely,
  )
  return Number(rows[0]!.n)
}

for (const kind of databaseKinds) {
  describe(`deletion on ${kind}`, () => {
    it('of an organization takes its members, invitations and keys along at once, and is for owners alone', async (t) => {
      const database = await openTestDatabase(kind, t)
      const dashboard = await openTestDashboard(database, t)
      const owner = await dashboard.setUp()
      const admin = await dashboard.join(owner, 'admin', 'admin')
      const { organization, user } = (await owner.ask('GET', '/session')).body
      const { id } = organization
      assert.equal((await owner.ask('POST', `/organizations/${id}/invitations`, { email: 'x@example.test', role: 'viewer' })).status, 201)
      const { id: memberId } = (await owner.ask('GET', `/organizations/${id}/members`)).body.members[0]
      const key = { id: 'key_1', organizationId: id, memberId, userId: user.id, name: 'CI', createdAt: 0 }
      await database.kysely
        .insertInto('key')
        .values({ ...key, expiresAt: null, revokedAt: null, revokedBy: null })
        .execute()
      await database.kysely.insertInto('secret').values({ hash: 'h', keyId: 'key_1', lastFour: 'abcd', createdAt: 0 }).execute()
      assert.equal((await admin.ask('DELETE', `/organizations/${id}`)).body.permission, 'organization:delete')
      assert.equal((await admin.ask('PATCH', `/organizations/${id}`, { name: ' Acme 2 ' })).body.organization.name, 'Acme 2')
      assert.equal((await owner.ask('DELETE', `/organizations/${id}`)).status, 204)
      for (const table of ['member', 'invitation', 'key']) assert.equal(await count(database, table, 'organizationId', id), 0)
      assert.equal(await count(database, 'secret', 'keyId', 'key_1'), 0)
      assert.equal((await admin.ask('GET', '/session')).body.organization, null)
      assert.deepEqual((await owner.ask('GET', '/organizations')).body, { organizations: [], nextCursor: null })
      assert.equal((await owner.ask('DELETE', `/organizations/${id}`)).status, 404)
    })

    it('of an account needs its password, ends its sessions and memberships, and leaves its organizations', async (t) => {
      const database = await openTestDatabase(kind, t)
      const dashboard = await openTestDashboard(database, t)
      const owner = await dashboard.setUp()
      const member = await dashboard.join(owner, 'member', 'admin')
      const phone = dashboard.browser()
      await phone.ask('POST', '/sign-in', { email: 'member@example.test', password: testPassword })
      const { id } = (await member.ask('GET', '/session')).body.user
      const last = await owner.ask('DELETE', '/account', { password: testPassword })
      assert.deepEqual([last.status, last.body.code], [409, 'last_owner'])
      const wrong = await member.ask('DELETE', '/account', { password: 'not the password' })
      assert.deepEqual([wrong.status, wrong.body.code], [403, 'wrong_password'])
      assert.equal((await member.ask('PATCH', '/account', { name: 'Renamed' })).body.user.name, 'Renamed')
      const { cookie } = member
      assert.equal((await member.ask('DELETE', '/account', { password: testPassword })).status, 204)
      member.cookie = cookie
      assert.deepEqual([(await member.ask('GET', '/session')).status, (await phone.ask('GET', '/session')).status], [401, 401])
      for (const table of ['session', 'account', 'member']) assert.equal(await count(database, table, 'userId', id), 0)
      const again = await member.ask('POST', '/sign-in', { email: 'member@example.test', password: testPassword })
      assert.equal(again.body.code, 'wrong_email_or_password')
      assert.equal((await owner.ask('GET', '/session')).status, 200)
    })
  })
}
