import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it, type TestContext } from 'node:test'
import type { LightMyRequestResponse } from 'fastify'
import { createAuthentication } from '../organizations/authentication.ts'
import { createPasswordReset } from '../organizations/create-password-reset.ts'
import { createSetUpToken } from '../organizations/create-set-up-token.ts'
import type { Role } from '../organizations/roles.ts'
import { failInserts, readAll } from '../testing/failing-insert.ts'
import { openTestApp, type TestApp, type TestMember } from '../testing/test-app.ts'
import { type DatabaseKind, databaseKinds } from '../testing/test-database.ts'
import { allAccountActions } from './account-actions.ts'
import { allActions, auditActions } from './actions.ts'
import type { AccountEventTable, AuditEntryTable } from './table.ts'

const prefix = '/api/dashboard/v1'
const password = 'correct horse battery staple'
const newPassword = 'quite another long password'

/** What is expected of a row, save its number, its instant and where it came from. */
type ExpectedEntry = Pick<AuditEntryTable, 'organizationId' | 'userId' | 'action' | 'targetId'> & { readonly details: object }
type ExpectedEvent = Pick<AccountEventTable, 'userId' | 'action'> & { readonly details: object }

interface Prepared {
  /** Below the prefix. */
  readonly path: string
  readonly cookie?: string
  readonly payload?: object
  readonly status: number
  /** What was made is named by the answer, or can be asked for after it. */
  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape
  readonly entries?: (answer: any) => ExpectedEntry[] | Promise<ExpectedEntry[]>
  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape
  readonly events?: (answer: any) => ExpectedEvent[] | Promise<ExpectedEvent[]>
}

type Change = (world: World) => Promise<Prepared>

interface World extends TestApp {
  ask(method: string, path: string, by: { readonly cookie?: string }, payload?: object): Promise<LightMyRequestResponse>
  /** An owner, a new one by default, who has a password. */
  person(role?: Role, organizationId?: string): Promise<TestMember & { readonly email: string; readonly sessionId: string }>
  invite(by: TestMember, role?: Role, email?: string): Promise<{ readonly id: string; readonly token: string }>
  idOf(email: string): Promise<string>
  memberId(userId: string, organizationId: string): Promise<string>
  /** What must be in no row. */
  readonly secrets: string[]
}

async function openWorld(kind: DatabaseKind, t: Pick<TestContext, 'after'>): Promise<World> {
  const testApp = await openTestApp(kind, t, {
    config: { signUp: 'open', smtpUrl: 'smtp://127.0.0.1:9' },
    attemptLimit: { max: 100_000, windowSeconds: 1 },
  })
  const { app, database, config, signedInAs } = testApp
  const { hashPassword } = await createAuthentication({ database, config })
  const hash = hashPassword(password)
  const at = '2026-01-01T00:00:00.000Z'
  const secrets = [password, newPassword]
  const world: World = {
    ...testApp,
    secrets,
    ask: (method, path, { cookie }, payload) =>
      app.inject({
        method: method as 'GET',
        url: `${prefix}${path}`,
        ...(cookie && { headers: { cookie } }),
        ...(payload && { payload }),
      }),
    async person(role = 'owner', organizationId) {
      const member = await signedInAs(role, organizationId)
      const { userId } = member
      const account = { id: `account_${userId}`, accountId: userId, userId, providerId: 'credential', password: await hash } as const
      await database.kysely
        .insertInto('account')
        .values({ ...account, createdAt: at, updatedAt: at })
        .execute()
      const { email } = await database.kysely.selectFrom('user').select('email').where('id', '=', userId).executeTakeFirstOrThrow()
      const session = await database.kysely.selectFrom('session').select('id').where('userId', '=', userId).executeTakeFirstOrThrow()
      secrets.push(decodeURIComponent(member.cookie.split('=')[1]!), await hash)
      return { ...member, email, sessionId: session.id }
    },
    async invite(by, role = 'viewer', email = newEmail()) {
      const answer = await world.ask('POST', `/organizations/${by.organizationId}/invitations`, by, { email, role })
      const { invitation, link } = answer.json()
      const token = link.split('#token=')[1]
      secrets.push(token)
      return { id: invitation.id, token }
    },
    async idOf(email) {
      return (await database.kysely.selectFrom('user').select('id').where('email', '=', email).executeTakeFirstOrThrow()).id
    },
    async memberId(userId, organizationId) {
      const row = database.kysely.selectFrom('member').select('id').where('userId', '=', userId)
      return (await row.where('organizationId', '=', organizationId).executeTakeFirstOrThrow()).id
    },
  }
  return world
}

const newEmail = () => `p${randomBytes(8).toString('hex')}@example.test`

/** Each route of the dashboard's door that changes something, with all that it can change, and what is told of it. */
const changes: Record<string, Record<string, Change>> = {
  // The first: there may be no account yet.
  'POST /set-up': {
    'the first account': async ({ database, idOf, secrets }) => {
      const token = (await createSetUpToken(database))!
      secrets.push(token)
      const email = newEmail()
      return {
        path: '/set-up',
        payload: { token, name: 'Ada', email, password, organizationName: 'First' },
        status: 204,
        async entries() {
          const userId = await idOf(email)
          const { organizationId } = await database.kysely
            .selectFrom('member')
            .select('organizationId')
            .where('userId', '=', userId)
            .executeTakeFirstOrThrow()
          return [{ organizationId, userId, action: 'organization.created', targetId: organizationId, details: { name: 'First' } }]
        },
        events: async () => [{ userId: await idOf(email), action: 'account_made', details: { how: 'set-up' } }],
      }
    },
  },
  'POST /keys': {
    'a key that expires and is narrowed': async ({ person, secrets }) => {
      const { userId, organizationId, memberId, cookie } = await person('viewer')
      return {
        path: '/keys',
        cookie,
        payload: { name: ' CI ', organizationId, expiresInDays: 3, permissions: ['documents:read'], networks: ['10.0.0.0/8'] },
        status: 201,
        entries({ key, secret }) {
          secrets.push(secret)
          const limits = { permissions: 'documents:read me:read', networks: '10.0.0.0/8' }
          const details = { name: 'CI', expiresAt: key.expiresAt, memberId, ...limits }
          return [{ organizationId, userId, action: 'key.generated', targetId: key.id, details }]
        },
      }
    },
    'a key that does not': async ({ person }) => {
      const { userId, organizationId, memberId, cookie } = await person('member')
      return {
        path: '/keys',
        cookie,
        payload: { name: 'CI', organizationId },
        status: 201,
        entries: ({ key }) => [
          {
            ...{ organizationId, userId, action: 'key.generated', targetId: key.id },
            details: { name: 'CI', expiresAt: null, memberId, permissions: null, networks: null },
          },
        ],
      }
    },
  },
  'PATCH /keys/:id': {
    'the name': async ({ person, generateKey }) => {
      const member = await person('viewer')
      const { userId, organizationId, cookie } = member
      const { keyId } = await generateKey(member, { name: 'Old' })
      const details = { name: { from: 'Old', to: 'New' } }
      return {
        path: `/keys/${keyId}`,
        cookie,
        payload: { name: 'New' },
        status: 200,
        entries: () => [{ organizationId, userId, action: 'key.renamed', targetId: keyId, details }],
      }
    },
    "the expiry of another's key": async ({ person, signedInAs, generateKey }) => {
      const { userId, organizationId, cookie } = await person('admin')
      const { keyId } = await generateKey(await signedInAs('member', organizationId))
      return {
        path: `/keys/${keyId}`,
        cookie,
        payload: { expiresInDays: 2 },
        status: 200,
        entries: ({ key }) => [
          {
            organizationId,
            userId,
            action: 'key.expiry_shortened',
            targetId: keyId,
            details: { expiresAt: { from: null, to: key.expiresAt } },
          },
        ],
      }
    },
    both: async ({ person, generateKey }) => {
      const member = await person('viewer')
      const { userId, organizationId, cookie } = member
      const soon = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString()
      const [later, earlier] = [soon(30), soon(10)]
      const { keyId } = await generateKey(member, { name: 'Old', expiresAt: later })
      return {
        path: `/keys/${keyId}`,
        cookie,
        payload: { name: 'New', expiresAt: earlier },
        status: 200,
        entries: () => [
          { organizationId, userId, action: 'key.renamed', targetId: keyId, details: { name: { from: 'Old', to: 'New' } } },
          {
            organizationId,
            userId,
            action: 'key.expiry_shortened',
            targetId: keyId,
            details: { expiresAt: { from: later, to: earlier } },
          },
        ],
      }
    },
    'nothing: one of two cannot be': async ({ person, generateKey }) => {
      const member = await person('viewer')
      const { keyId } = await generateKey(member, { expiresAt: new Date(Date.now() + 86_400_000).toISOString() })
      return { path: `/keys/${keyId}`, cookie: member.cookie, payload: { name: 'New', expiresInDays: 2 }, status: 400 }
    },
    'nothing: both are so already': async ({ person, generateKey }) => {
      const member = await person('viewer')
      const expiresAt = new Date(Date.now() + 86_400_000).toISOString()
      const { keyId } = await generateKey(member, { name: 'Old', expiresAt })
      return { path: `/keys/${keyId}`, cookie: member.cookie, payload: { name: 'Old', expiresAt }, status: 200 }
    },
  },
  'POST /keys/:id/rotate': {
    'the secret': async ({ person, generateKey, secrets }) => {
      const member = await person('viewer')
      const { userId, organizationId, cookie } = member
      const { keyId } = await generateKey(member)
      return {
        path: `/keys/${keyId}/rotate`,
        cookie,
        payload: { oldEndsInSeconds: 60 },
        status: 200,
        entries({ key, secret }) {
          secrets.push(secret)
          const details = { secretNumber: 2, oldEndsAt: key.secrets[1].endsAt, endedNumber: null }
          return [{ organizationId, userId, action: 'key.rotated', targetId: keyId, details }]
        },
      }
    },
    'the secret, where there are two': async ({ person, generateKey, ask }) => {
      const member = await person('viewer')
      const { userId, organizationId, cookie } = member
      const { keyId } = await generateKey(member)
      assert.equal((await ask('POST', `/keys/${keyId}/rotate`, member)).statusCode, 200)
      const details = { secretNumber: 3, oldEndsAt: null, endedNumber: 1 }
      return {
        path: `/keys/${keyId}/rotate`,
        cookie,
        payload: { oldEndsInSeconds: null },
        status: 200,
        entries: () => [{ organizationId, userId, action: 'key.rotated', targetId: keyId, details }],
      }
    },
  },
  'POST /keys/:id/secrets/:number/end': {
    'an old secret': async ({ person, generateKey, ask }) => {
      const member = await person('viewer')
      const { userId, organizationId, cookie } = member
      const { keyId } = await generateKey(member)
      assert.equal((await ask('POST', `/keys/${keyId}/rotate`, member)).statusCode, 200)
      return {
        path: `/keys/${keyId}/secrets/1/end`,
        cookie,
        status: 200,
        entries: () => [{ organizationId, userId, action: 'key.secret_ended', targetId: keyId, details: { secretNumber: 1 } }],
      }
    },
    'nothing: it has ended': async ({ person, generateKey, ask }) => {
      const member = await person('viewer')
      const { keyId } = await generateKey(member)
      assert.equal((await ask('POST', `/keys/${keyId}/rotate`, member, { oldEndsInSeconds: 0 })).statusCode, 200)
      return { path: `/keys/${keyId}/secrets/1/end`, cookie: member.cookie, status: 200 }
    },
  },
  'POST /keys/identify': {
    'a key of the organization': async ({ person, generateKey, secrets }) => {
      const member = await person('admin')
      const { userId, organizationId, cookie } = member
      const { keyId, secret } = await generateKey(member)
      secrets.push(secret)
      return {
        path: '/keys/identify',
        cookie,
        payload: { secret },
        status: 200,
        entries: () => [{ organizationId, userId, action: 'key.identified', targetId: keyId, details: { secretNumber: 1 } }],
      }
    },
  },
  'POST /keys/revoke-all': {
    'two keys of a member': async ({ person, generateKey }) => {
      const { userId, organizationId, cookie } = await person('admin')
      const member = await person('member', organizationId)
      const keyIds = [(await generateKey(member)).keyId, (await generateKey(member)).keyId].sort()
      const details = { reason: 'left', note: null }
      return {
        path: '/keys/revoke-all',
        cookie,
        payload: { memberId: member.memberId, reason: 'left' },
        status: 200,
        entries: () => keyIds.map((targetId) => ({ organizationId, userId, action: 'key.revoked', targetId, details })),
      }
    },
    'nothing: there is none': async ({ person }) => {
      const { cookie, memberId } = await person('admin')
      return { path: '/keys/revoke-all', cookie, payload: { memberId }, status: 200 }
    },
  },
  'POST /keys/:id/lift-idle-block': {
    'a key': async ({ person, generateKey }) => {
      const member = await person('admin')
      const { userId, organizationId, cookie } = member
      const { keyId } = await generateKey(member)
      return {
        path: `/keys/${keyId}/lift-idle-block`,
        cookie,
        status: 200,
        entries: () => [{ organizationId, userId, action: 'key.idle_block_lifted', targetId: keyId, details: {} }],
      }
    },
  },
  'PATCH /organizations/:id/policy': {
    'two limits': async ({ person }) => {
      const { userId, organizationId, cookie } = await person('admin')
      const unchanged = { needsExpiry: null, maxLiveKeysPerMember: null, maxIdleDays: null }
      const details = { ...unchanged, maxLifetimeDays: { from: null, to: 90 }, networks: { from: null, to: '10.0.0.0/8' } }
      return {
        path: `/organizations/${organizationId}/policy`,
        cookie,
        payload: { maxLifetimeDays: 90, networks: ['10.0.0.0/8'], needsExpiry: false },
        status: 200,
        entries: () => [{ organizationId, userId, action: 'policy.changed', targetId: organizationId, details }],
      }
    },
    'nothing: it is so already': async ({ person }) => {
      const { organizationId, cookie } = await person('admin')
      return { path: `/organizations/${organizationId}/policy`, cookie, payload: { needsExpiry: false, maxIdleDays: null }, status: 200 }
    },
  },
  'POST /keys/:id/revoke': {
    'a live key, told why': async ({ person, generateKey }) => {
      const member = await person('viewer')
      const { userId, organizationId, cookie } = member
      const { keyId } = await generateKey(member)
      const details = { reason: 'exposed', note: 'It stood in a log' }
      return {
        path: `/keys/${keyId}/revoke`,
        cookie,
        payload: details,
        status: 200,
        entries: () => [{ organizationId, userId, action: 'key.revoked', targetId: keyId, details }],
      }
    },
    'nothing: it is revoked': async ({ person, generateKey, ask }) => {
      const member = await person('viewer')
      const { keyId } = await generateKey(member)
      assert.equal((await ask('POST', `/keys/${keyId}/revoke`, member)).statusCode, 200)
      return { path: `/keys/${keyId}/revoke`, cookie: member.cookie, payload: { reason: 'exposed' }, status: 200 }
    },
  },
  'POST /organizations': {
    'an organization': async ({ person }) => {
      const { userId, cookie } = await person('viewer')
      return {
        path: '/organizations',
        cookie,
        payload: { name: ' Second ' },
        status: 201,
        entries: ({ organization: { id } }) => [
          { organizationId: id, userId, action: 'organization.created', targetId: id, details: { name: 'Second' } },
        ],
      }
    },
  },
  'PATCH /organizations/:id': {
    'the name': async ({ person }) => {
      const { userId, organizationId, cookie } = await person('admin')
      const details = { name: { from: 'Acme', to: 'Ajax' } }
      return {
        path: `/organizations/${organizationId}`,
        cookie,
        payload: { name: 'Ajax' },
        status: 200,
        entries: () => [{ organizationId, userId, action: 'organization.renamed', targetId: organizationId, details }],
      }
    },
    'nothing: it is its name': async ({ person }) => {
      const { organizationId, cookie } = await person('admin')
      return { path: `/organizations/${organizationId}`, cookie, payload: { name: 'Acme ' }, status: 200 }
    },
  },
  'DELETE /organizations/:id': {
    'all there is': async (world) => {
      const member = await world.person()
      const { userId, organizationId, cookie } = member
      await world.generateKey(member)
      await world.invite(member)
      return {
        path: `/organizations/${organizationId}`,
        cookie,
        status: 204,
        entries: () => [{ organizationId, userId, action: 'organization.deleted', targetId: organizationId, details: { name: 'Acme' } }],
      }
    },
  },
  'PATCH /organizations/:id/members/:memberId': {
    'the role, and the invitations with it': async ({ person, invite }) => {
      const { userId, organizationId, cookie } = await person()
      const other = await person('admin', organizationId)
      const withdrawnInvitations = [(await invite(other)).id, (await invite(other)).id].sort()
      const details = { role: { from: 'admin', to: 'viewer' }, memberId: other.memberId, withdrawnInvitations }
      return {
        path: `/organizations/${organizationId}/members/${other.memberId}`,
        cookie,
        payload: { role: 'viewer' },
        status: 204,
        entries: () => [{ organizationId, userId, action: 'member.role_changed', targetId: other.userId, details }],
      }
    },
    'nothing: it is the role': async ({ person }) => {
      const { organizationId, cookie } = await person()
      const { memberId } = await person('member', organizationId)
      return { path: `/organizations/${organizationId}/members/${memberId}`, cookie, payload: { role: 'member' }, status: 204 }
    },
  },
  'DELETE /organizations/:id/members/:memberId': {
    'nothing: it is the last owner': async ({ person }) => {
      const { organizationId, memberId, cookie } = await person()
      return { path: `/organizations/${organizationId}/members/${memberId}`, cookie, status: 409 }
    },
    'a member': async ({ person }) => {
      const { userId, organizationId, cookie } = await person('admin')
      const other = await person('member', organizationId)
      const details = { role: 'member', memberId: other.memberId, withdrawnInvitations: [] }
      return {
        path: `/organizations/${organizationId}/members/${other.memberId}`,
        cookie,
        status: 204,
        entries: () => [{ organizationId, userId, action: 'member.removed', targetId: other.userId, details }],
      }
    },
  },
  'POST /organizations/:id/leave': {
    'the membership': async ({ person, invite }) => {
      const { organizationId } = await person()
      const member = await person('admin', organizationId)
      const { userId, memberId, cookie } = member
      const withdrawnInvitations = [(await invite(member)).id]
      const details = { role: 'admin', memberId, withdrawnInvitations, accountDeleted: false }
      return {
        path: `/organizations/${organizationId}/leave`,
        cookie,
        status: 204,
        entries: () => [{ organizationId, userId, action: 'member.left', targetId: userId, details }],
      }
    },
  },
  'POST /organizations/:id/invitations': {
    'an invitation': async ({ person, secrets }) => {
      const { userId, organizationId, cookie } = await person('admin')
      return {
        path: `/organizations/${organizationId}/invitations`,
        cookie,
        payload: { email: newEmail(), role: 'member' },
        status: 201,
        entries({ invitation: { id }, link }) {
          secrets.push(link.split('#token=')[1])
          const details = { role: 'member', replaced: null }
          return [{ organizationId, userId, action: 'invitation.created', targetId: id, details }]
        },
      }
    },
    'one in place of another': async ({ person, invite }) => {
      const member = await person()
      const { userId, organizationId, cookie } = member
      const email = newEmail()
      const { id: replaced } = await invite(member, 'viewer', email)
      return {
        path: `/organizations/${organizationId}/invitations`,
        cookie,
        payload: { email, role: 'owner' },
        status: 201,
        entries: ({ invitation: { id } }) => [
          { organizationId, userId, action: 'invitation.created', targetId: id, details: { role: 'owner', replaced } },
        ],
      }
    },
  },
  'DELETE /organizations/:id/invitations/:invitationId': {
    'an invitation': async ({ person, invite }) => {
      const member = await person()
      const { userId, organizationId, cookie } = member
      const { id } = await invite(member, 'admin')
      return {
        path: `/organizations/${organizationId}/invitations/${id}`,
        cookie,
        status: 204,
        entries: () => [{ organizationId, userId, action: 'invitation.withdrawn', targetId: id, details: { role: 'admin' } }],
      }
    },
  },
  'POST /invitations/accept': {
    'a membership': async ({ person, invite, memberId }) => {
      const owner = await person()
      const { userId, cookie, email } = await person()
      const { id, token } = await invite(owner, 'admin', email)
      const { organizationId } = owner
      return {
        path: '/invitations/accept',
        cookie,
        payload: { token },
        status: 200,
        async entries() {
          const details = { role: 'admin', memberId: await memberId(userId, organizationId), invitationId: id }
          return [{ organizationId, userId, action: 'member.joined', targetId: userId, details }]
        },
      }
    },
  },
  'POST /sign-up': {
    'an account': async ({ person, idOf }) => {
      await person()
      const email = newEmail()
      return {
        path: '/sign-up',
        payload: { name: 'Ada', email, password },
        status: 204,
        events: async () => [{ userId: await idOf(email), action: 'account_made', details: { how: 'sign-up' } }],
      }
    },
    'an account, a membership and an organization': async ({ database, person, invite, idOf, memberId }) => {
      const owner = await person()
      const email = newEmail()
      const { id, token } = await invite(owner, 'member', email)
      const { organizationId } = owner
      return {
        path: '/sign-up',
        payload: { name: 'Ada', email, password, invitationToken: token, organizationName: 'Own' },
        status: 204,
        async entries() {
          const userId = await idOf(email)
          const own = await database.kysely.selectFrom('organization').select('id').where('name', '=', 'Own').executeTakeFirstOrThrow()
          const details = { role: 'member', memberId: await memberId(userId, organizationId), invitationId: id }
          return [
            { organizationId, userId, action: 'member.joined', targetId: userId, details },
            { organizationId: own.id, userId, action: 'organization.created', targetId: own.id, details: { name: 'Own' } },
          ]
        },
        events: async () => [{ userId: await idOf(email), action: 'account_made', details: { how: 'invitation' } }],
      }
    },
  },
  'POST /sign-in': {
    'a session': async ({ person }) => {
      const { userId, email } = await person()
      return {
        path: '/sign-in',
        payload: { email, password },
        status: 204,
        events: () => [{ userId, action: 'signed_in', details: {} }],
      }
    },
    'nothing: the password is wrong': async ({ person }) => {
      const { userId, email } = await person()
      return {
        path: '/sign-in',
        payload: { email: email.toUpperCase(), password: newPassword },
        status: 401,
        events: () => [{ userId, action: 'sign_in_failed', details: {} }],
      }
    },
    'nothing: there is no such account': async () => ({
      path: '/sign-in',
      payload: { email: newEmail(), password },
      status: 401,
      events: () => [{ userId: null, action: 'sign_in_failed', details: {} }],
    }),
  },
  'POST /sign-out': {
    'the session': async ({ person }) => {
      const { userId, sessionId, cookie } = await person()
      return {
        path: '/sign-out',
        cookie,
        status: 204,
        events: () => [{ userId, action: 'signed_out', details: { sessionId } }],
      }
    },
  },
  'DELETE /sessions': {
    'all others': async ({ person, ask, database }) => {
      const { userId, email, cookie } = await person()
      for (let other = 0; other < 2; other++) await ask('POST', '/sign-in', {}, { email, password })
      assert.equal((await database.kysely.selectFrom('session').select('id').where('userId', '=', userId).execute()).length, 3)
      return {
        path: '/sessions',
        cookie,
        status: 204,
        events: () => [{ userId, action: 'other_sessions_ended', details: { sessions: 2 } }],
      }
    },
    'nothing: there are none': async ({ person }) => ({ path: '/sessions', cookie: (await person()).cookie, status: 204 }),
  },
  'DELETE /sessions/:id': {
    'a session': async ({ person, ask, database }) => {
      const { userId, email, cookie, sessionId } = await person()
      await ask('POST', '/sign-in', {}, { email, password })
      const sessions = database.kysely.selectFrom('session').select('id').where('userId', '=', userId)
      const { id } = await sessions.where('id', '!=', sessionId).executeTakeFirstOrThrow()
      return {
        path: `/sessions/${id}`,
        cookie,
        status: 204,
        events: () => [{ userId, action: 'session_ended', details: { sessionId: id } }],
      }
    },
  },
  'POST /password': {
    'the password': async ({ person }) => {
      const { userId, cookie } = await person()
      return {
        path: '/password',
        cookie,
        payload: { password, newPassword },
        status: 204,
        events: () => [{ userId, action: 'password_changed', details: {} }],
      }
    },
    'nothing: the old one is wrong': async ({ person }) => {
      const { userId, cookie } = await person()
      return {
        path: '/password',
        cookie,
        payload: { password: 'not the password', newPassword },
        status: 403,
        events: () => [{ userId, action: 'wrong_password', details: {} }],
      }
    },
  },
  'POST /password-reset': {
    'the password': async ({ person, database, secrets }) => {
      const { userId, email } = await person()
      const token = await createPasswordReset(database, email)
      secrets.push(token)
      return {
        path: '/password-reset',
        payload: { token, password: newPassword },
        status: 204,
        events: () => [{ userId, action: 'password_reset', details: {} }],
      }
    },
  },
  'POST /password-reset/mail': {
    'the link of an account': async ({ person }) => {
      const { userId, email } = await person()
      return {
        path: '/password-reset/mail',
        payload: { email },
        status: 202,
        events: () => [{ userId, action: 'password_reset_link_made', details: {} }],
      }
    },
    'nothing: there is no such account': async () => ({ path: '/password-reset/mail', payload: { email: newEmail() }, status: 202 }),
  },
  'PATCH /account': {
    'the name': async ({ person }) => {
      const { userId, cookie } = await person()
      return {
        path: '/account',
        cookie,
        payload: { name: 'Grace' },
        status: 200,
        events: () => [{ userId, action: 'account_renamed', details: {} }],
      }
    },
    'nothing: it is the name': async ({ person }) => ({
      path: '/account',
      cookie: (await person()).cookie,
      payload: { name: 'Ada' },
      status: 200,
    }),
  },
  'DELETE /account': {
    'the account and its memberships': async ({ person, invite }) => {
      const { organizationId } = await person()
      const member = await person('admin', organizationId)
      const { userId, memberId, cookie } = member
      const withdrawnInvitations = [(await invite(member)).id]
      const details = { role: 'admin', memberId, withdrawnInvitations, accountDeleted: true }
      return {
        path: '/account',
        cookie,
        payload: { password },
        status: 204,
        entries: () => [{ organizationId, userId, action: 'member.left', targetId: userId, details }],
        events: () => [{ userId, action: 'account_deleted', details: {} }],
      }
    },
    'nothing: the password is wrong': async ({ person }) => {
      const { userId, cookie } = await person()
      return {
        path: '/account',
        cookie,
        payload: { password: 'not the password' },
        status: 403,
        events: () => [{ userId, action: 'wrong_password', details: {} }],
      }
    },
  },
}

/** Routes that are no GET and change nothing that is told of, with why. */
const exceptions: Record<string, string> = {
  'PUT /session/organization': 'chooses what one looks at; nothing of the organization or the account changes',
  'POST /invitations/read': 'reads; the token is in the body to be in no URL',
  'DELETE /notices/:id': 'puts away what one has read',
}

async function rowsSince({ database: { kysely } }: World, entryId: number, eventId: number) {
  const entries = await kysely.selectFrom('auditEntry').selectAll().where('id', '>', entryId).orderBy('id').execute()
  const events = await kysely.selectFrom('accountEvent').selectAll().where('id', '>', eventId).orderBy('id').execute()
  return { entries, events }
}

async function lastIds(world: World) {
  const { entries, events } = await rowsSince(world, 0, 0)
  return [entries.at(-1)?.id ?? 0, events.at(-1)?.id ?? 0] as const
}

for (const kind of databaseKinds) {
  describe(`the audit log on ${kind}`, () => {
    it('is told of here by every route of the dashboard that is no GET', async (t) => {
      const { app } = await openTestApp(kind, t)
      const routes = app.routes
        .all()
        .filter(({ method, pattern }) => pattern.startsWith(prefix) && !['GET', 'HEAD'].includes(method))
        .map(({ method, pattern }) => `${method} ${pattern.slice(prefix.length)}`)
      assert.deepEqual(routes.sort(), [...Object.keys(changes), ...Object.keys(exceptions)].sort())
    })

    it('has exactly one right entry for each change, with who, from where and by which request, none for what changes nothing, and no action that none has', async (t) => {
      const seen = new Set<string>()
      const world = await openWorld(kind, t)
      for (const [route, cases] of Object.entries(changes)) {
        for (const [name, prepare] of Object.entries(cases)) {
          const of = `${route}: ${name}`
          const { path, cookie = '', payload, status, entries, events } = await prepare(world)
          const before = await lastIds(world)
          const answer = await world.ask(route.split(' ')[0]!, path, { cookie }, payload)
          assert.equal(answer.statusCode, status, `${of}: ${answer.body}`)
          const body = answer.body === '' ? null : answer.json()
          const written = await rowsSince(world, ...before)
          const origin = { address: '127.0.0.1', requestId: String(answer.headers['x-request-id']) }
          const expected = ((await entries?.(body)) ?? []).map((entry) => ({
            ...entry,
            targetKind: auditActions[entry.action].target,
            ...origin,
          }))
          const plain = ({ id: _, at, details, ...row }: (typeof written.entries)[number]) => {
            assert.ok(Math.abs(at - Date.now()) < 60_000, of)
            return { ...row, details: JSON.parse(details) }
          }
          assert.deepEqual(written.entries.map(plain), expected, of)
          for (const { action, details } of written.entries) {
            assert.deepEqual(Object.keys(JSON.parse(details)).sort(), [...auditActions[action].details].sort(), of)
            seen.add(action)
          }
          const told = written.events.map(({ id: _, at: __, details, ...row }) => ({ ...row, details: JSON.parse(details) }))
          assert.deepEqual(
            told,
            ((await events?.(body)) ?? []).map((event) => ({ ...event, ...origin })),
            of,
          )
          for (const { action } of written.events) seen.add(action)
        }
      }
      assert.deepEqual([...seen].sort(), [...allActions, ...allAccountActions].sort())
      await holdsNothing(world)
    })

    it('undoes the change where its entry cannot be written', async (t) => {
      const world = await openWorld(kind, t)
      for (const [route, cases] of Object.entries(changes)) {
        for (const [name, prepare] of Object.entries(cases)) {
          for (const table of ['auditEntry', 'accountEvent'] as const) {
            const { path, cookie = '', payload, entries, events } = await prepare(world)
            if ((table === 'auditEntry' ? entries : events) === undefined) continue
            const of = `${route}: ${name}, ${table}`
            const before = await readAll(world.database)
            const restore = await failInserts(world.database, table)
            const answer = await world.ask(route.split(' ')[0]!, path, { cookie }, payload)
            await restore()
            assert.equal(answer.statusCode, 500, `${of}: ${answer.body}`)
            assert.equal(answer.headers['set-cookie'], undefined, of)
            assert.equal(await readAll(world.database), before, of)
          }
        }
      }
    })
  })
}

/** No 12 characters of a password, secret or token, nor an e-mail address, are in any row. */
async function holdsNothing(world: World) {
  const { entries, events } = await rowsSince(world, 0, 0)
  const rows = JSON.stringify([entries, events])
  assert.ok(world.secrets.length > 20)
  for (const secret of world.secrets) {
    for (let start = 0; start + 12 <= secret.length; start++) {
      const piece = secret.slice(start, start + 12)
      assert.ok(!rows.includes(piece), `a row has ${piece}`)
    }
  }
  assert.ok(!rows.includes('@'))
}
