import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openGate } from '../admission/open-gate.ts'
import type { Database } from '../database/database.ts'
import { seedKey } from '../testing/seed.ts'
import { testConfig } from '../testing/test-config.ts'
import { openTestDatabase } from '../testing/test-database.ts'
import { untilWaiting } from '../testing/until-waiting.ts'
import { acceptInvitation } from './accept-invitation.ts'
import { changePassword } from './change-password.ts'
import { changeRole } from './change-role.ts'
import { createInvitation } from './create-invitation.ts'
import { deleteAccount } from './delete-account.ts'
import { deleteInvitation } from './delete-invitation.ts'
import { deleteOrganization } from './delete-organization.ts'
import { insertMember } from './insert-member.ts'
import { leaveOrganization } from './leave-organization.ts'
import { lockOrganization } from './lock-organization.ts'
import { requireOtherOwner } from './require-other-owner.ts'
import { updateOrganization } from './update-organization.ts'

const at = '2026-01-01T00:00:00.000Z'
const verifyPassword = async () => true

/** A user who can sign in, who is a member of one organization and no owner. */
async function seedLeaver(database: Database): Promise<string> {
  const { userId } = await seedKey(database, { role: 'member' })
  const account = { id: 'account_1', accountId: userId, userId, providerId: 'credential', password: 'h' } as const
  await database.kysely
    .insertInto('account')
    .values({ ...account, createdAt: at, updatedAt: at })
    .execute()
  return userId
}

// On SQLite a transaction has the whole database: nothing interleaves.
describe('locks on postgres', () => {
  for (const first of ['key', 'member'] as const) {
    it(`let an organization be deleted while somebody with a lock on a ${first} writes: neither shuts the other out`, async (t) => {
      const database = await openTestDatabase('postgres', t)
      const { keyId, organizationId, userId, memberId } = await seedKey(database, { role: 'owner' })
      let deleting: Promise<void> | undefined
      await database.kysely.transaction().execute(async (transaction) => {
        const lockMember = () => transaction.selectFrom('member').select('id').where('id', '=', memberId).forShare().execute()
        if (first === 'key') await transaction.selectFrom('key').select('id').where('id', '=', keyId).forShare().execute()
        else await lockMember()
        deleting = deleteOrganization(database, { id: organizationId, userId })
        await untilWaiting(database, 1)
        await lockMember()
        await transaction.insertInto('storage').values({ organizationId, usedBytes: 1 }).execute()
      })
      await deleting
      assert.deepEqual(await database.kysely.selectFrom('storage').selectAll().execute(), [])
    })
  }

  it('that hold up the deletion of an organization hold up nobody else, and its keys are dead meanwhile', async (t) => {
    const database = await openTestDatabase('postgres', t)
    const other = await seedKey(database)
    const { organizationId, userId, memberId, secretHash } = await seedKey(database, { role: 'owner' })
    const held = {
      id: 'zzz',
      organizationId,
      memberId,
      userId,
      name: 'CI',
      createdAt: 0,
      expiresAt: null,
      revokedAt: null,
      revokedBy: null,
    }
    await database.kysely.insertInto('key').values(held).execute()
    const gate = openGate(database, { dailyQuota: 10 })
    t.after(() => gate.close())
    const ask = (hash: string) => ({ secretHash: hash, permission: 'documents:read', address: '' }) as const
    let deleting: Promise<void> | undefined
    await database.kysely.transaction().execute(async (transaction) => {
      await transaction.selectFrom('key').select('id').where('id', '=', held.id).forShare().execute()
      deleting = deleteOrganization(database, { id: organizationId, userId })
      deleting.catch(() => {})
      await untilWaiting(database, 1)
      const [dead, live] = await gate.decide([ask(secretHash), ask(other.secretHash)])
      assert.deepEqual([dead?.admitted === false && dead.code, live?.admitted], ['key_owner_left', true])
    })
    await deleting
    assert.deepEqual(await database.kysely.selectFrom('key').select('id').execute(), [{ id: other.keyId }])
  })

  it('are taken in one order by who changes a password and who deletes the account', async (t) => {
    const database = await openTestDatabase('postgres', t)
    const userId = await seedLeaver(database)
    const expiresAt = '2999-01-01T00:00:00.000Z'
    const session = { id: 'ses_1', userId, token: 't', expiresAt, createdAt: at, updatedAt: at, ipAddress: null, userAgent: null }
    await database.kysely
      .insertInto('session')
      .values({ ...session, activeOrganizationId: null })
      .execute()
    let changing: Promise<unknown> | undefined
    await database.kysely.transaction().execute(async (transaction) => {
      await transaction.selectFrom('user').select('id').where('id', '=', userId).forUpdate().execute()
      await transaction.deleteFrom('session').where('userId', '=', userId).execute()
      const passwords = { userId, sessionId: '', password: '', newPassword: 'a new password' }
      changing = changePassword(database, { verifyPassword, hashPassword: async () => 'h2' }, passwords)
      changing.catch(() => {})
      await untilWaiting(database, 1)
      await transaction.deleteFrom('user').where('id', '=', userId).execute()
    })
    await assert.rejects(changing!, { code: 'not_signed_in' })
  })

  it('of an organization are waited for by all that write who belongs to it', async (t) => {
    const database = await openTestDatabase('postgres', t)
    const { organizationId, userId, memberId } = await seedKey(database, { role: 'owner' })
    const leaver = await seedLeaver(database)
    await database.kysely
      .transaction()
      .execute((transaction) => insertMember(transaction, { organizationId, userId: leaver, role: 'owner' }, at))
    const { invitation } = await createInvitation(
      { database, config: testConfig() },
      { organizationId, userId, email: 'a@example.test', role: 'viewer' },
    )
    const { token } = await createInvitation(
      { database, config: testConfig() },
      { organizationId, userId, email: 'b@example.test', role: 'viewer' },
    )
    const guest = (await seedKey(database)).userId
    const writers: [string, () => Promise<unknown>][] = [
      ['updateOrganization', () => updateOrganization(database, { id: organizationId, userId, name: 'Acme' })],
      [
        'createInvitation',
        () => createInvitation({ database, config: testConfig() }, { organizationId, userId, email: 'c@example.test', role: 'viewer' }),
      ],
      ['deleteInvitation', () => deleteInvitation(database, { id: invitation.id, organizationId, userId })],
      ['acceptInvitation', () => acceptInvitation(database, { token, userId: guest, email: 'b@example.test', sessionId: '' })],
      ['deleteAccount', () => deleteAccount(database, { verifyPassword }, { userId: leaver, password: '' })],
      ['changeRole', () => changeRole(database, { organizationId, memberId, role: 'owner', userId })],
      ['leaveOrganization', () => leaveOrganization(database, { organizationId, userId: guest })],
      ['deleteOrganization', () => deleteOrganization(database, { id: organizationId, userId })],
    ]
    for (const [name, write] of writers) {
      let ended = false
      let writing: Promise<unknown> | undefined
      await database.kysely.transaction().execute(async (transaction) => {
        await lockOrganization(transaction, organizationId)
        writing = write().finally(() => {
          ended = true
        })
        await untilWaiting(database, 1, () => ended)
        assert.equal(ended, false, name)
      })
      await writing
    }
  })

  it('keep an account from being deleted that is just becoming the last owner of an organization', async (t) => {
    const database = await openTestDatabase('postgres', t)
    const userId = await seedLeaver(database)
    const { organizationId, memberId } = await seedKey(database, { role: 'owner' })
    let deleting: Promise<unknown> | undefined
    await database.kysely.transaction().execute(async (transaction) => {
      await lockOrganization(transaction, organizationId)
      await insertMember(transaction, { organizationId, userId, role: 'owner' }, at)
      await transaction.deleteFrom('member').where('id', '=', memberId).execute()
      deleting = assert.rejects(deleteAccount(database, { verifyPassword }, { userId, password: '' }), { code: 'last_owner' })
      await untilWaiting(database, 1)
    })
    await deleting
  })

  it('keep an owner when one who has just joined is deleted while the other leaves', async (t) => {
    const database = await openTestDatabase('postgres', t)
    const userId = await seedLeaver(database)
    const { organizationId, memberId } = await seedKey(database, { role: 'owner' })
    let ended = false
    let deleting: Promise<unknown> | undefined
    let leaving: Promise<unknown> | undefined
    await database.kysely.transaction().execute(async (transaction) => {
      await lockOrganization(transaction, organizationId)
      await insertMember(transaction, { organizationId, userId, role: 'owner' }, at)
      deleting = deleteAccount(database, { verifyPassword }, { userId, password: '' }).finally(() => {
        ended = true
      })
      deleting.catch(() => {})
      await untilWaiting(database, 1)
      leaving = database.kysely.transaction().execute(async (transaction) => {
        await lockOrganization(transaction, organizationId)
        await requireOtherOwner(transaction, { id: memberId, organizationId })
        await untilWaiting(database, 1, () => ended)
        await transaction.deleteFrom('member').where('id', '=', memberId).execute()
      })
      leaving.catch(() => {})
      await untilWaiting(database, 2)
    })
    const outcomes = await Promise.allSettled([leaving, deleting])
    assert.deepEqual(outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason.code : 'done')).sort(), [
      'done',
      'last_owner',
    ])
    const owners = await database.kysely.selectFrom('member').select('role').where('organizationId', '=', organizationId).execute()
    assert.deepEqual(owners, [{ role: 'owner' }])
  })
})
