import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import type { Config } from '../config.ts'
import type { Database } from '../database/database.ts'
import { listNotices } from '../notices/list-notices.ts'
import { activateOrganization } from './activate-organization.ts'
import type { Authentication } from './authentication.ts'
import { caller } from './caller.ts'
import { deleteOtherSessions } from './delete-other-sessions.ts'
import { deleteSession } from './delete-session.ts'
import { iso } from './iso.ts'
import { listSessions } from './list-sessions.ts'
import { findOrganization, readOrganization } from './organization.ts'
import { organizationAnswer } from './organization-answer.ts'
import * as schema from './schema.ts'

export interface SessionRoutesOptions {
  readonly database: Database
  readonly config: Pick<Config, 'smtpUrl'>
  readonly authentication: Authentication
}

const done = { 204: schema.NoAnswer }

/** How a session begins, which there are, the organization that one works in, and how it ends. */
export function sessionRoutes(app: FastifyInstance, { database, config, authentication }: SessionRoutesOptions) {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const tags = ['account']

  routes.post(
    '/sign-in',
    { config: { public: true }, schema: { tags, summary: 'Sign in', body: schema.SignInBody, response: done } },
    async (request, reply) => {
      const cookies = await authentication.signIn(caller(request), request.body)
      return reply.code(204).header('set-cookie', cookies).send(null)
    },
  )

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
