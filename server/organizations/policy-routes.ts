import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import type { Database } from '../database/database.ts'
import { readMember } from './member.ts'
import { type Policy, readPolicy } from './policy.ts'
import * as schema from './schema.ts'
import { updatePolicy } from './update-policy.ts'

/** What an organization holds its keys to, for the dashboard. */
export function policyRoutes(app: FastifyInstance, { database }: { readonly database: Database }): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const tags = ['organizations']

  routes.get(
    '/organizations/:id/policy',
    {
      schema: { tags, summary: 'Read what keys are held to', params: schema.OrganizationParams, response: { 200: schema.PolicyAnswer } },
    },
    async ({ signedIn: { userId }, params: { id } }) => {
      await readMember(database.kysely, { userId, organizationId: id }, 'keys:own')
      return { policy: policyAnswer(await readPolicy(database.kysely, id)) }
    },
  )

  routes.patch(
    '/organizations/:id/policy',
    {
      schema: {
        tags,
        summary: 'Change what keys are held to',
        params: schema.OrganizationParams,
        body: schema.PolicyBody,
        response: { 200: schema.PolicyAnswer },
      },
    },
    async ({ signedIn: { userId, origin }, params: { id }, body }) => ({
      policy: policyAnswer(await updatePolicy(database, { organizationId: id, userId, origin }, body)),
    }),
  )
}

function policyAnswer({ needsExpiry, networks, ...limits }: Policy) {
  return { ...limits, needsExpiry: needsExpiry === 1, networks: networks === null ? null : networks.split(' ') }
}
