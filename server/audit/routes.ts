import { Readable } from 'node:stream'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Database } from '../database/database.ts'
import { LeafPadError } from '../errors.ts'
import { exportEntries } from './export-entries.ts'
import { listAccountEvents } from './list-account-events.ts'
import { listEntries, type Reader } from './list-entries.ts'
import {
  AccountEventListAnswer,
  EntryExportResponse,
  EntryListAnswer,
  ExportEntriesQuery,
  ListAccountEventsQuery,
  ListEntriesQuery,
} from './schema.ts'

/** The audit log of the organization that is active in the session, and the log of one's own account, for the dashboard. */
export function auditRoutes(app: FastifyInstance, { database }: { readonly database: Database }): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const tags = ['audit']
  const config = { inOrganization: true }

  routes.get(
    '/audit',
    {
      config,
      schema: { tags, summary: 'List the changes to the organization', querystring: ListEntriesQuery, response: { 200: EntryListAnswer } },
    },
    (request) => listEntries(database, whoReads(request.signedIn), request.query),
  )

  routes.get(
    '/audit/export',
    {
      config,
      // Asked for its headers alone, it would be read to its end all the same.
      exposeHeadRoute: false,
      schema: {
        tags,
        summary: 'Download the changes to the organization',
        querystring: ExportEntriesQuery,
        response: { 200: EntryExportResponse },
      },
    },
    async (request, reply) => {
      const who = whoReads(request.signedIn)
      const lines = await exportEntries(database, who, request.query)
      return (reply as FastifyReply)
        .header('content-type', 'application/x-ndjson')
        .header('content-disposition', `attachment; filename="audit-${who.organizationId}.ndjson"`)
        .send(Readable.from(lines))
    },
  )

  routes.get(
    '/account/events',
    {
      schema: {
        tags: ['account'],
        summary: 'List what happened to your account',
        querystring: ListAccountEventsQuery,
        response: { 200: AccountEventListAnswer },
      },
    },
    (request) => listAccountEvents(database, request.signedIn.userId, request.query),
  )
}

function whoReads({ userId, activeOrganizationId }: { userId: string; activeOrganizationId: string | null }): Reader {
  if (activeOrganizationId === null) {
    throw new LeafPadError('no_organization_active', { detail: 'The session works in no organization. Choose one first.' })
  }
  return { userId, organizationId: activeOrganizationId }
}
