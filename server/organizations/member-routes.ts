import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import type { Database } from '../database/database.ts'
import { changeRole } from './change-role.ts'
import { iso } from './iso.ts'
import { leaveOrganization } from './leave-organization.ts'
import { listMembers } from './list-members.ts'
import type { Role } from './roles.ts'
import * as schema from './schema.ts'

const done = { 204: schema.NoAnswer }

/** Who is in an organization, and how that changes. */
export function memberRoutes(app: FastifyInstance, { database }: { readonly database: Database }) {
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
