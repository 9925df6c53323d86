import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import type { Config } from '../config.ts'
import type { Database } from '../database/database.ts'
import { accountRoutes } from './account-routes.ts'
import type { Authentication } from './authentication.ts'
import { createOrganization } from './create-organization.ts'
import { deleteOrganization } from './delete-organization.ts'
import { invitationRoutes } from './invitation-routes.ts'
import { listOrganizations } from './list-organizations.ts'
import { memberRoutes } from './member-routes.ts'
import { readOrganization } from './organization.ts'
import { organizationAnswer } from './organization-answer.ts'
import { passwordRoutes } from './password-routes.ts'
import { policyRoutes } from './policy-routes.ts'
import * as schema from './schema.ts'
import { sessionRoutes } from './session-routes.ts'
import { updateOrganization } from './update-organization.ts'

export interface OrganizationRoutesOptions {
  readonly database: Database
  readonly config: Pick<Config, 'publicUrl' | 'sessionSecret' | 'signUp' | 'smtpUrl'>
  readonly authentication: Authentication
}

/** Accounts, sessions, organizations, members and invitations, for the dashboard. */
export function organizationRoutes(app: FastifyInstance, options: OrganizationRoutesOptions): void {
  accountRoutes(app, options)
  passwordRoutes(app, options)
  sessionRoutes(app, options)
  organizationsRoutes(app, options)
  policyRoutes(app, options)
  memberRoutes(app, options)
  invitationRoutes(app, options)
}

const done = { 204: schema.NoAnswer }

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
