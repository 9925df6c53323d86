import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Database, openDatabase } from '../database/database.ts'
import { openTestDashboard } from '../testing/test-dashboard.ts'
import { databaseKinds, locationOf, openTestDatabase } from '../testing/test-database.ts'
import { changeRole } from './change-role.ts'
import { deleteAccount } from './delete-account.ts'
import { insertMember } from './insert-member.ts'
import { insertOrganization } from './insert-organization.ts'
import { insertUser } from './insert-user.ts'
import { leaveOrganization } from './leave-organization.ts'
import { readMember, recheckMember } from './member.ts'
import { type Role, roles } from './roles.ts'

const at = '2026-01-01T00:00:00.000Z'
const verifyPassword = async () => true

interface Person {
  readonly userId: string
  readonly memberId: string
}

let made = 0

/** An organization with members of these roles, the first an owner. */
async function makeOrganization(database: Database, members: readonly Role[]): Promise<{ organizationId: string; people: Person[] }> {
  return database.kysely.transaction().execute(async (transaction) => {
    const users: string[] = []
    for (const _ of members) {
      users.push(await insertUser(transaction, { name: 'P', email: `p${made++}@example.test`, passwordHash: 'a hash' }, at))
    }
    const organizationId = await insertOrganization(database, transaction, { name: 'Acme', ownerId: users[0]! }, at)
    for (const [index, role] of members.entries()) {
      if (index > 0) await insertMember(transaction, { organizationId, userId: users[index]!, role }, at)
    }
    const rows = await transaction.selectFrom('member').select(['id', 'userId']).where('organizationId', '=', organizationId).execute()
    return { organizationId, people: users.map((userId) => ({ userId, memberId: rows.find((row) => row.userId === userId)!.id })) }
  })
}

async function ownersOf(database: Database, organizationId: string): Promise<number> {
  const rows = await database.kysely.selectFrom('member').select('role').where('organizationId', '=', organizationId).execute()
  return rows.filter(({ role }) => role === 'owner').length
}

/** How something ended: `done` or the error's code. */
function outcome(doing: Promise<unknown>): Promise<string> {
  return doing.then(
    () => 'done',
    (error) => error.code ?? String(error),
  )
}

for (const kind of databaseKinds) {
  describe(`members on ${kind}`, () => {
    it('get, change and lose roles only by who may: admins neither make, demote nor remove owners', async (t) => {
      const database = await openTestDatabase(kind, t)
      for (const actorRole of roles) {
        for (const from of roles) {
          for (const to of [...roles, null]) {
            const { organizationId, people } = await makeOrganization(database, ['owner', actorRole, from])
            const [, actor, target] = people as [Person, Person, Person]
            const change = { organizationId, memberId: target.memberId, role: to, userId: actor.userId }
            const owners = from === 'owner' || to === 'owner'
            const may = actorRole === 'owner' || (actorRole === 'admin' && !owners)
            assert.equal(await outcome(changeRole(database, change)), may ? 'done' : 'missing_permission', `${actorRole}: ${from} to ${to}`)
            const found = await database.kysely.selectFrom('member').select('role').where('id', '=', target.memberId).executeTakeFirst()
            assert.equal(found?.role ?? null, may ? to : from)
          }
        }
      }
    })

    it('of another organization answer as those that do not exist', async (t) => {
      const database = await openTestDatabase(kind, t)
      const ours = await makeOrganization(database, ['owner'])
      const theirs = await makeOrganization(database, ['owner', 'member'])
      const [me] = ours.people as [Person]
      const their = theirs.people[1]!.memberId
      const refusal = (asking: Promise<void>) =>
        asking.then(
          () => 'done',
          ({ code, answer }) => ({ code, answer }),
        )
      const change = (organizationId: string, memberId: string) =>
        refusal(changeRole(database, { organizationId, memberId, role: 'viewer', userId: me.userId }))
      const leave = (organizationId: string) => refusal(leaveOrganization(database, { organizationId, userId: me.userId }))
      const nobody = (await change(ours.organizationId, 'mem_none')) as { code: string }
      const nothing = (await change('org_none', their)) as { code: string }
      assert.deepEqual([nobody.code, nothing.code], ['not_found', 'not_found'])
      assert.deepEqual(await change(ours.organizationId, their), nobody)
      assert.deepEqual(await change(theirs.organizationId, their), nothing)
      assert.deepEqual(await leave(theirs.organizationId), await leave('org_none'))
      assert.deepEqual(await leave('org_none'), nothing)
    })

    it('keep an owner: the last one can neither leave, be demoted or removed, nor be deleted', async (t) => {
      const database = await openTestDatabase(kind, t)
      const { organizationId, people } = await makeOrganization(database, ['owner', 'admin'])
      const { userId, memberId } = people[0]!
      for (const role of ['admin', 'viewer', null] as const) {
        assert.equal(await outcome(changeRole(database, { organizationId, memberId, role, userId })), 'last_owner')
      }
      assert.equal(await outcome(leaveOrganization(database, { organizationId, userId })), 'last_owner')
      await assert.rejects(deleteAccount(database, { verifyPassword }, { userId, password: '' }), (error: Error) => {
        assert.match(error.message, /another member an owner first, or delete the organization/)
        assert.deepEqual((error as unknown as { answer: { members: unknown } }).answer.members, { organizationId })
        return true
      })
      assert.equal(await outcome(changeRole(database, { organizationId, memberId, role: 'owner', userId })), 'done')
    })

    it('keep an owner whoever goes at once, on two servers, in whichever way', async (t) => {
      const database = await openTestDatabase(kind, t)
      const other = openDatabase({ location: locationOf(database) })
      t.after(() => other.close())
      const ways: ((database: Database, organizationId: string, actor: Person, target: Person) => Promise<void>)[] = [
        (database, organizationId, { userId }, { memberId }) => changeRole(database, { organizationId, memberId, role: null, userId }),
        (database, organizationId, { userId }, { memberId }) => changeRole(database, { organizationId, memberId, role: 'member', userId }),
        (database, organizationId, { userId, memberId }) => changeRole(database, { organizationId, memberId, role: 'viewer', userId }),
        (database, organizationId, { userId }) => leaveOrganization(database, { organizationId, userId }),
        (database, _, { userId }) => deleteAccount(database, { verifyPassword }, { userId, password: '' }),
      ]
      for (const [index, one] of ways.entries()) {
        for (const two of ways.slice(index)) {
          for (let round = 0; round < 6; round++) {
            const { organizationId, people } = await makeOrganization(database, ['owner', 'owner'])
            const [ada, bob] = people as [Person, Person]
            const outcomes = await Promise.all([
              outcome(one(database, organizationId, ada, bob)),
              outcome(two(other, organizationId, bob, ada)),
            ])
            assert.ok(outcomes.includes('done'), String(outcomes))
            for (const end of outcomes) assert.match(end, /^(done|last_owner|not_found|missing_permission)$/)
            assert.equal(await ownersOf(database, organizationId), 1, String(outcomes))
          }
        }
      }
    })

    it('keep an owner when many owners of several organizations delete their accounts at once', async (t) => {
      const database = await openTestDatabase(kind, t)
      for (let round = 0; round < 4; round++) {
        const { organizationId, people } = await makeOrganization(database, ['owner', 'owner', 'owner', 'owner'])
        const others = await Promise.all([1, 2, 3].map(() => makeOrganization(database, ['owner'])))
        await database.kysely.transaction().execute(async (transaction) => {
          for (const { organizationId } of others) {
            for (const { userId } of people) await insertMember(transaction, { organizationId, userId, role: 'member' }, at)
          }
        })
        const outcomes = await Promise.all(
          people.map(({ userId }) => outcome(deleteAccount(database, { verifyPassword }, { userId, password: '' }))),
        )
        assert.deepEqual(outcomes.sort(), ['done', 'done', 'done', 'last_owner'])
        assert.equal(await ownersOf(database, organizationId), 1)
      }
    })

    it('are asked for anew by the transaction that writes: who was removed or demoted meanwhile is refused', async (t) => {
      const database = await openTestDatabase(kind, t)
      const { organizationId, people } = await makeOrganization(database, ['owner', 'admin', 'admin', 'member'])
      const [owner, demoted, removed, target] = people as [Person, Person, Person, Person]
      const asked = await readMember(database.kysely, { userId: demoted.userId, organizationId }, 'members:manage')
      await changeRole(database, { organizationId, memberId: demoted.memberId, role: 'viewer', userId: owner.userId })
      await changeRole(database, { organizationId, memberId: removed.memberId, role: null, userId: owner.userId })
      const change = { organizationId, memberId: target.memberId, role: 'viewer' } as const
      assert.equal(await outcome(changeRole(database, { ...change, userId: demoted.userId })), 'missing_permission')
      assert.equal(await outcome(changeRole(database, { ...change, userId: removed.userId })), 'not_found')
      const recheck = database.kysely.transaction().execute((transaction) => recheckMember(transaction, asked, 'members:manage'))
      assert.equal(await outcome(recheck), 'missing_permission')
    })

    it('who are added again are other members, so that their old keys stay dead', async (t) => {
      const database = await openTestDatabase(kind, t)
      const dashboard = await openTestDashboard(database, t)
      const owner = await dashboard.setUp()
      const member = await dashboard.join(owner, 'member', 'member')
      const { id } = (await owner.ask('GET', '/session')).body.organization
      const path = `/organizations/${id}/members`
      const membersOf = async () => (await owner.ask('GET', path)).body.members as { id: string; email: string; role: string }[]
      const before = (await membersOf()).find(({ email }) => email === 'member@example.test')!
      assert.equal((await member.ask('DELETE', `${path}/${before.id}`)).body.code, 'missing_permission')
      assert.equal((await owner.ask('DELETE', `${path}/${before.id}`)).status, 204)
      assert.equal((await member.ask('GET', path)).status, 404)
      const link = (await owner.ask('POST', `/organizations/${id}/invitations`, { email: 'member@example.test', role: 'viewer' })).body.link
      assert.equal((await member.ask('POST', '/invitations/accept', { token: link.split('#token=')[1] })).status, 200)
      const after = (await membersOf()).find(({ email }) => email === 'member@example.test')!
      assert.notEqual(after.id, before.id)
      assert.match(after.id, /^mem_\w{20}$/)
      assert.equal((await owner.ask('PATCH', `${path}/${after.id}`, { role: 'admin' })).status, 204)
      assert.equal((await owner.ask('PATCH', `${path}/${after.id}`, { role: 'king' })).status, 400)
      assert.equal((await membersOf()).find(({ id }) => id === after.id)?.role, 'admin')
      const pages = [await owner.ask('GET', `${path}?limit=1`)]
      pages.push(await owner.ask('GET', `${path}?limit=1&cursor=${pages[0]!.body.nextCursor}`))
      assert.deepEqual(
        pages.flatMap(({ body }) => body.members.map(({ role }: { role: Role }) => role)),
        ['owner', 'admin'],
      )
      assert.equal(pages[1]!.body.nextCursor, null)
    })
  })
}
