import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import type { Config } from '../config.ts'
import type { Database } from '../database/database.ts'
import { listNotices } from '../notices/list-notices.ts'
import { acceptInvitation } from './accept-invitation.ts'
import { activateOrganization } from './activate-organization.ts'
import type { Authentication } from './authentication.ts'
import { caller, originOf } from './caller.ts'
import { changeRole } from './change-role.ts'
import { createInvitation, invitationLink } from './create-invitation.ts'
import { createOrganization } from './create-organization.ts'
import { deleteAccount } from './delete-account.ts'
import { deleteInvitation } from './delete-invitation.ts'
import { deleteOrganization } from './delete-organization.ts'
import { deleteOtherSessions } from './delete-other-sessions.ts'
import { deleteSession } from './delete-session.ts'
import { leaveOrganization } from './leave-organization.ts'
import { listInvitations } from './list-invitations.ts'
import { listMembers } from './list-members.ts'
import { listOrganizations } from './list-organizations.ts'
import { listSessions } from './list-sessions.ts'
import { findOrganization, readOrganization } from './organization.ts'
import { passwordRoutes } from './password-routes.ts'
import { policyRoutes } from './policy-routes.ts'
import { readInvitation } from './read-invitation.ts'
import { readSignUp } from './read-sign-up.ts'
import type { Role } from './roles.ts'
import * as schema from './schema.ts'
import { setUp } from './set-up.ts'
import { signUp } from './sign-up.ts'
import type { Instant } from './table.ts'
import { updateAccount } from './update-account.ts'
import { updateOrganization } from './update-organization.ts'

export interface OrganizationRoutesOptions {
  readonly database: Database
  readonly config: Pick<Config, 'publicUrl' | 'sessionSecret' | 'signUp' | 'smtpUrl'>
  readonly authentication: Authentication
}

/** Accounts, sessions, organizations, members and invitations, for the dashboard. */
export function organizationRoutes(app: FastifyInstance, options: OrganizationRoutesOptions): void {
  signInRoutes(app, options)
  passwordRoutes(app, options)
  sessionRoutes(app, options)
  accountRoutes(app, options)
  organizationsRoutes(app, options)
  policyRoutes(app, options)
  memberRoutes(app, options)
  invitationRoutes(app, options)
}

const done = { 204: schema.NoAnswer }

/** How people get in; open to who is not signed in. The answers set the session's cookie. */
function signInRoutes(app: FastifyInstance, { database, config, authentication }: OrganizationRoutesOptions) {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const tags = ['account']
  const open = { public: true }

  routes.post(
    '/set-up',
    { config: open, schema: { tags, summary: 'Make the first account', body: schema.SetUpBody, response: done } },
    async (request, reply) => {
      await authentication.countAttempt(caller(request), 'set-up')
      const userId = await setUp(database, authentication, { ...request.body, origin: originOf(request) })
      const cookies = await authentication.startSession(caller(request), userId)
      return reply.code(204).header('set-cookie', cookies).send(null)
    },
  )

  routes.get(
    '/sign-up',
    { config: open, schema: { tags, summary: 'Whether anybody may make an account', response: { 200: schema.ReadSignUpAnswer } } },
    () => readSignUp(database, config.signUp === 'open'),
  )

  routes.post(
    '/sign-up',
    { config: open, schema: { tags, summary: 'Make an account', body: schema.SignUpBody, response: done } },
    async (request, reply) => {
      await authentication.countAttempt(caller(request), 'sign-up')
      const { hashPassword } = authentication
      const userId = await signUp(
        database,
        { hashPassword, open: config.signUp === 'open' },
        { ...request.body, origin: originOf(request) },
      )
      const cookies = await authentication.startSession(caller(request), userId)
      return reply.code(204).header('set-cookie', cookies).send(null)
    },
  )

  routes.post(
    '/sign-in',
    { config: open, schema: { tags, summary: 'Sign in', body: schema.SignInBody, response: done } },
    async (request, reply) => {
      const cookies = await authentication.signIn(caller(request), request.body)
      return reply.code(204).header('set-cookie', cookies).send(null)
    },
  )
}

function sessionRoutes(app: FastifyInstance, { database, config, authentication }: OrganizationRoutesOptions) {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const tags = ['account']

  routes.post('/sign-out', { schema: { tags, summary: 'Sign out', response: done } }, async (request, reply) => {
    const { sessionId, userId, origin } = request.signedIn
    await deleteSession(database, { id: sessionId, userId, bySignOut: true, origin })
    return reply.code(204).header('set-cookie', authentication.forgetSession()).send(null)
  })

  routes.get(
    '/session',
    { schema: { tags, summary: 'Who is signed in', response: { 200: schema.SessionAnswer } } },
    async ({ signedIn: { userId, userName, email, activeOrganizationId, sessionId } }) => {
      const organization =
        activeOrganizationId === null ? undefined : await findOrganization(database, { id: activeOrganizationId, userId })
      return {
        user: { id: userId, name: userName, email },
        organization: organization === undefined ? null : organizationAnswer(organization),
        // Who is told by mail needs no banners.
        notices: config.smtpUrl === null ? (await listNotices(database, userId, sessionId)).length : 0,
      }
    },
  )

  routes.put(
    '/session/organization',
    {
      schema: {
        tags,
        summary: 'Make an organization the active one',
        body: schema.ActivateOrganizationBody,
        response: { 200: schema.OrganizationAnswer },
      },
    },
    async ({ signedIn: { sessionId, userId }, body: { organizationId } }) => {
      await activateOrganization(database, { sessionId, userId, organizationId })
      return { organization: organizationAnswer(await readOrganization(database, { id: organizationId, userId })) }
    },
  )

  routes.get(
    '/sessions',
    { schema: { tags, summary: 'List your sessions', querystring: schema.PageQuery, response: { 200: schema.SessionsAnswer } } },
    async ({ signedIn: { sessionId, userId }, query }) => {
      const { rows, nextCursor } = await listSessions(database, userId, query)
      const sessions = rows.map((row) => ({
        id: row.id,
        current: row.id === sessionId,
        createdAt: iso(row.createdAt),
        expiresAt: iso(row.expiresAt),
        ipAddress: row.ipAddress ?? '',
        userAgent: row.userAgent ?? '',
      }))
      return { sessions, nextCursor }
    },
  )

  routes.delete('/sessions', { schema: { tags, summary: 'End all your other sessions', response: done } }, async (request, reply) => {
    const { sessionId, userId, origin } = request.signedIn
    await deleteOtherSessions(database, { userId, keptSessionId: sessionId, origin })
    return reply.code(204).send(null)
  })

  routes.delete(
    '/sessions/:id',
    { schema: { tags, summary: 'End one of your sessions', params: schema.SessionParams, response: done } },
    async (request, reply) => {
      const { userId, origin } = request.signedIn
      await deleteSession(database, { id: request.params.id, userId, origin })
      return reply.code(204).send(null)
    },
  )
}

function accountRoutes(app: FastifyInstance, { database, authentication }: OrganizationRoutesOptions) {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const tags = ['account']

  routes.patch(
    '/account',
    { schema: { tags, summary: 'Change your name', body: schema.UpdateAccountBody, response: { 200: schema.UserAnswer } } },
    async ({ signedIn: { userId, email, origin }, body }) => {
      const name = await updateAccount(database, { userId, name: body.name, origin })
      return { user: { id: userId, name, email } }
    },
  )

  routes.delete(
    '/account',
    { schema: { tags, summary: 'Delete your account', body: schema.DeleteAccountBody, response: done } },
    async (request, reply) => {
      await authentication.countAttempt(caller(request), 'account-deletion')
      const { userId, origin } = request.signedIn
      await deleteAccount(database, authentication, { userId, password: request.body.password, origin })
      return reply.code(204).header('set-cookie', authentication.forgetSession()).send(null)
    },
  )
}

function organizationsRoutes(app: FastifyInstance, { database }: OrganizationRoutesOptions) {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const tags = ['organizations']

  routes.post(
    '/organizations',
    { schema: { tags, summary: 'Make an organization', body: schema.OrganizationBody, response: { 201: schema.OrganizationAnswer } } },
    async ({ signedIn: { userId, origin }, body }, reply) => {
      const id = await createOrganization(database, { name: body.name, userId, origin })
      return reply.code(201).send({ organization: organizationAnswer(await readOrganization(database, { id, userId })) })
    },
  )

  routes.get(
    '/organizations',
    { schema: { tags, summary: 'List your organizations', querystring: schema.PageQuery, response: { 200: schema.OrganizationsAnswer } } },
    async ({ signedIn: { userId }, query }) => {
      const { rows, nextCursor } = await listOrganizations(database, userId, query)
      return { organizations: rows.map(organizationAnswer), nextCursor }
    },
  )

  routes.patch(
    '/organizations/:id',
    {
      schema: {
        tags,
        summary: 'Rename an organization',
        params: schema.OrganizationParams,
        body: schema.OrganizationBody,
        response: { 200: schema.OrganizationAnswer },
      },
    },
    async ({ signedIn: { userId, origin }, params: { id }, body }) => {
      await updateOrganization(database, { id, userId, name: body.name, origin })
      return { organization: organizationAnswer(await readOrganization(database, { id, userId })) }
    },
  )

  routes.delete(
    '/organizations/:id',
    { schema: { tags, summary: 'Delete an organization with all it has', params: schema.OrganizationParams, response: done } },
    async (request, reply) => {
      const { userId, origin } = request.signedIn
      await deleteOrganization(database, { id: request.params.id, userId, origin })
      return reply.code(204).send(null)
    },
  )
}

function memberRoutes(app: FastifyInstance, { database }: OrganizationRoutesOptions) {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const tags = ['organizations']

  routes.get(
    '/organizations/:id/members',
    {
      schema: {
        tags,
        summary: 'List the members',
        params: schema.OrganizationParams,
        querystring: schema.PageQuery,
        response: { 200: schema.MembersAnswer },
      },
    },
    async ({ signedIn: { userId }, params: { id }, query }) => {
      const { rows, nextCursor } = await listMembers(database, { organizationId: id, userId }, query)
      return { members: rows.map((row) => ({ ...row, role: row.role as Role, createdAt: iso(row.createdAt) })), nextCursor }
    },
  )

  routes.patch(
    '/organizations/:id/members/:memberId',
    { schema: { tags, summary: 'Change the role of a member', params: schema.MemberParams, body: schema.ChangeRoleBody, response: done } },
    async ({ signedIn: { userId, origin }, params: { id, memberId }, body: { role } }, reply) => {
      await changeRole(database, { organizationId: id, memberId, role, userId, origin })
      return reply.code(204).send(null)
    },
  )

  routes.delete(
    '/organizations/:id/members/:memberId',
    { schema: { tags, summary: 'Remove a member', params: schema.MemberParams, response: done } },
    async ({ signedIn: { userId, origin }, params: { id, memberId } }, reply) => {
      await changeRole(database, { organizationId: id, memberId, role: null, userId, origin })
      return reply.code(204).send(null)
    },
  )

  routes.post(
    '/organizations/:id/leave',
    { schema: { tags, summary: 'Leave an organization', params: schema.OrganizationParams, response: done } },
    async ({ signedIn: { userId, origin }, params: { id } }, reply) => {
      await leaveOrganization(database, { organizationId: id, userId, origin })
      return reply.code(204).send(null)
    },
  )
}

function invitationRoutes(app: FastifyInstance, { database, config, authentication }: OrganizationRoutesOptions) {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const tags = ['invitations']

  routes.post(
    '/organizations/:id/invitations',
    {
      schema: {
        tags,
        summary: 'Invite somebody by a link',
        params: schema.OrganizationParams,
        body: schema.CreateInvitationBody,
        response: { 201: schema.CreatedInvitationAnswer },
      },
    },
    async ({ signedIn: { userId, origin }, params: { id }, body }, reply) => {
      const { invitation, token, isMailed } = await createInvitation({ database, config }, { organizationId: id, userId, origin, ...body })
      const link = invitationLink(config.publicUrl, token)
      return reply.code(201).send({ invitation: invitationAnswer(invitation), link, isMailed })
    },
  )

  routes.get(
    '/organizations/:id/invitations',
    {
      schema: {
        tags,
        summary: 'List the pending invitations',
        params: schema.OrganizationParams,
        querystring: schema.PageQuery,
        response: { 200: schema.InvitationsAnswer },
      },
    },
    async ({ signedIn: { userId }, params: { id }, query }) => {
      const { rows, nextCursor } = await listInvitations(database, { organizationId: id, userId }, query)
      return { invitations: rows.map(invitationAnswer), nextCursor }
    },
  )

  routes.delete(
    '/organizations/:id/invitations/:invitationId',
    { schema: { tags, summary: 'Cancel an invitation', params: schema.InvitationParams, response: done } },
    async ({ signedIn: { userId, origin }, params: { id, invitationId } }, reply) => {
      await deleteInvitation(database, { id: invitationId, organizationId: id, userId, origin })
      return reply.code(204).send(null)
    },
  )

  routes.post(
    '/invitations/read',
    {
      config: { public: true },
      schema: { tags, summary: 'What a link invites to', body: schema.TokenBody, response: { 200: schema.ReadInvitationAnswer } },
    },
    async (request) => {
      await authentication.countAttempt(caller(request), 'invitation')
      const { organizationName, email, role, expiresAt } = await readInvitation(database, request.body.token)
      return { invitation: { organizationName, email, role: role as Role, expiresAt: new Date(expiresAt).toISOString() } }
    },
  )

  routes.post(
    '/invitations/accept',
    { schema: { tags, summary: 'Accept an invitation', body: schema.TokenBody, response: { 200: schema.OrganizationAnswer } } },
    async ({ signedIn: { userId, email, sessionId, origin }, body: { token } }) => {
      const id = await acceptInvitation(database, { token, userId, email, sessionId, origin })
      return { organization: organizationAnswer(await readOrganization(database, { id, userId })) }
    },
  )
}

function iso(instant: Instant): string {
  return new Date(instant).toISOString()
}

function organizationAnswer(row: { id: string; name: string; role: string; createdAt: Instant }) {
  return { id: row.id, name: row.name, role: row.role as Role, createdAt: iso(row.createdAt) }
}

function invitationAnswer(row: { id: string; email: string; role: string; invitedBy: string; createdAt: Instant; expiresAt: Instant }) {
  const { id, email, role, invitedBy, createdAt, expiresAt } = row
  return { id, email, role: role as Role, invitedBy, createdAt: iso(createdAt), expiresAt: iso(expiresAt) }
}
