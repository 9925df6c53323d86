import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sql } from 'kysely'
import { openGate } from '../admission/open-gate.ts'
import type { Database } from '../database/database.ts'
import { seedKey } from '../testing/seed.ts'
import { seedOrganization, seedUser } from '../testing/seed-members.ts'
import { testConfig } from '../testing/test-config.ts'
import { openTestDashboard, testPassword } from '../testing/test-dashboard.ts'
import { databaseKinds, openTestDatabase } from '../testing/test-database.ts'
import { acceptInvitation } from './accept-invitation.ts'
import { createAuthentication } from './authentication.ts'
import { createInvitation } from './create-invitation.ts'
import { createOrganization } from './create-organization.ts'
import { deleteOrganization } from './delete-organization.ts'
import { deletePastAttempts } from './delete-past-attempts.ts'
import { eraseMemberlessOrganizations } from './erase-memberless-organizations.ts'
import { eraseOrganization } from './erase-organization.ts'
import { keepErasing } from './keep-erasing.ts'
import { updateAccount } from './update-account.ts'

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

    it('of an organization, once begun, holds though the rest of it fails, and is finished later', async (t) => {
      const database = await openTestDatabase(kind, t)
      const other = await seedKey(database)
      const { organizationId, userId, secretHash } = await seedKey(database, { role: 'owner' })
      const gate = openGate(database, { dailyQuota: 10 })
      t.after(() => gate.close())
      const ask = async () => (await gate.decide([{ secretHash, permission: 'documents:read', address: '' }]))[0]
      assert.equal((await ask())?.admitted, true)
      await sql`alter table document rename to gone`.execute(database.kysely)
      await assert.rejects(deleteOrganization(database, { id: organizationId, userId }), /document/)
      await assert.rejects(eraseMemberlessOrganizations(database), /document/)
      const dead = await ask()
      assert.ok(dead?.admitted === false && dead.code === 'invalid_key')
      await assert.rejects(deleteOrganization(database, { id: organizationId, userId }), { code: 'not_found' })
      assert.equal(await count(database, 'organization', 'id', organizationId), 1)
      await sql`alter table gone rename to document`.execute(database.kysely)
      await eraseMemberlessOrganizations(database)
      const left = await database.kysely.selectFrom('organization').select('id').execute()
      assert.deepEqual(
        left.map(({ id }) => id),
        [other.organizationId],
      )
      assert.deepEqual(await database.kysely.selectFrom('usage').select('keyId').execute(), [])
      assert.equal(await count(database, 'key', 'id', other.keyId), 1)
    })

    it('of an organization takes along more than one transaction takes', async (t) => {
      const database = await openTestDatabase(kind, t)
      const { organizationId, userId, memberId } = await seedKey(database, { role: 'owner' })
      const other = await seedKey(database)
      const key = { organizationId, memberId, userId, name: 'CI', createdAt: 0, expiresAt: null, revokedAt: 0, revokedBy: userId }
      const ids = Array.from({ length: 120 }, (_, number) => `key_${number}`)
      await database.kysely
        .insertInto('key')
        .values(ids.map((id) => ({ ...key, id })))
        .execute()
      const use = { day: '2026-01-01', used: 1, hours: '', oddSecret: 1, oddUsedAt: 0, oddUsedAddress: '' }
      await database.kysely
        .insertInto('usage')
        .values([...ids, other.keyId].map((keyId) => ({ keyId, ...use })))
        .execute()
      const refused = { hour: '2026-01-01T00', code: 'key_revoked', count: 1 }
      await database.kysely
        .insertInto('refusal')
        .values([...ids, other.keyId].map((keyId) => ({ keyId, ...refused })))
        .execute()
      const file = { organizationId, createdBy: userId, keyId: null, fileName: 'a', fileType: 't', fileSize: 1, sha256: '', createdAt: 0 }
      const documents = Array.from({ length: 1_100 }, (_, number) => ({
        ...file,
        id: `doc_${number}`,
        fileKey: `${number}`,
        publicToken: `${number}`,
      }))
      await database.kysely.insertInto('document').values(documents).execute()
      await deleteOrganization(database, { id: organizationId, userId })
      for (const table of ['key', 'document', 'member']) assert.equal(await count(database, table, 'organizationId', organizationId), 0)
      for (const table of ['key', 'usage', 'refusal'] as const) {
        const { rows } = await sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`.execute(database.kysely)
        assert.equal(Number(rows[0]?.n), 1, table)
      }
      assert.equal(await count(database, 'organization', 'id', organizationId), 0)
    })

    it('that was begun is finished by a server that starts', async (t) => {
      const database = await openTestDatabase(kind, t)
      const id = await seedOrganization(database)
      const stop = keepErasing(database, (error) => assert.fail(String(error)))
      while ((await count(database, 'organization', 'id', id)) > 0);
      await stop()
    })

    it('of organizations without members leaves alone one that is just being made', async (t) => {
      const database = await openTestDatabase(kind, t)
      const userId = await seedUser(database)
      const making = createOrganization(database, { name: 'New', userId })
      await Promise.all([making, ...[1, 2, 3, 4].map(() => eraseMemberlessOrganizations(database))])
      assert.equal(await count(database, 'organization', 'id', await making), 1)
      await eraseOrganization(database, await making)
      assert.equal(await count(database, 'organization', 'id', await making), 1)
    })

    it('of an account makes what it was about to do a 401', async (t) => {
      const database = await openTestDatabase(kind, t)
      const { organizationId, userId } = await seedKey(database, { role: 'owner' })
      const email = 'gone@example.test'
      const { token } = await createInvitation({ database, config: testConfig() }, { organizationId, userId, email, role: 'viewer' })
      const gone = { code: 'not_signed_in' }
      await assert.rejects(createOrganization(database, { name: 'Late', userId: 'user_gone' }), gone)
      await assert.rejects(acceptInvitation(database, { token, userId: 'user_gone', email, sessionId: 'ses_gone' }), gone)
      await assert.rejects(updateAccount(database, { userId: 'user_gone', name: 'Late' }), gone)
      assert.equal(await count(database, 'organization', 'name', 'Late'), 0)
      assert.equal(await count(database, 'invitation', 'email', email), 1)
    })

    it('of counted attempts spares those of today', async (t) => {
      let offset = 0
      const database = await openTestDatabase(kind, t, () => offset)
      const authentication = await createAuthentication({ database, config: testConfig() })
      for (const address of ['192.0.2.1', '192.0.2.2']) await authentication.countAttempt({ address, headers: {} }, 'sign-up')
      const attempts = async () => (await database.kysely.selectFrom('rateLimit').select('key').execute()).length
      offset = 86_400_000 - 60_000
      await deletePastAttempts(database)
      assert.equal(await attempts(), 2)
      offset = 86_400_000 + 60_000
      await deletePastAttempts(database)
      assert.equal(await attempts(), 0)
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
