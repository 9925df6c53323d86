import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import type { Config } from '../config.ts'
import type { Database } from '../database/database.ts'
import { acceptInvitation } from './accept-invitation.ts'
import type { Authentication } from './authentication.ts'
import { caller } from './caller.ts'
import { createInvitation, invitationLink } from './create-invitation.ts'
import { deleteInvitation } from './delete-invitation.ts'
import { iso } from './iso.ts'
import { listInvitations } from './list-invitations.ts'
import { readOrganization } from './organization.ts'
import { organizationAnswer } from './organization-answer.ts'
import { readInvitation } from './read-invitation.ts'
import type { Role } from './roles.ts'
import * as schema from './schema.ts'
import type { Instant } from './table.ts'

export interface InvitationRoutesOptions {
  readonly database: Database
  readonly config: Pick<Config, 'publicUrl' | 'sessionSecret' | 'smtpUrl'>
  readonly authentication: Authentication
}

const done = { 204: schema.NoAnswer }

/** How others are invited into an organization, and how an invitation is accepted. */
export function invitationRoutes(app: FastifyInstance, { database, config, authentication }: InvitationRoutesOptions) {
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

function invitationAnswer(row: { id: string; email: string; role: string; invitedBy: string; createdAt: Instant; expiresAt: Instant }) {
  const { id, email, role, invitedBy, createdAt, expiresAt } = row
  return { id, email, role: role as Role, invitedBy, createdAt: iso(createdAt), expiresAt: iso(expiresAt) }
}
