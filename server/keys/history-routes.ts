import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import type { Database } from '../database/database.ts'
import { listKeyRequests } from './list-key-requests.ts'
import { readKeyUse } from './read-key-use.ts'
import { KeyParamsSchema, KeyRequestsAnswerSchema, KeyUseAnswerSchema } from './schema.ts'
import { whoAsks } from './who-asks.ts'

/** How a key was used, for the dashboard. */
export function historyRoutes(app: FastifyInstance, { database }: { readonly database: Database }): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const tags = ['keys']
  const active = { inOrganization: true }

  routes.get(
    '/keys/:id/use',
    {
      config: active,
      schema: {
        tags,
        summary: 'Tell how a key was used, by day and by hour',
        params: KeyParamsSchema,
        response: { 200: KeyUseAnswerSchema },
      },
    },
    ({ signedIn, params }) => readKeyUse(database, whoAsks(signedIn), params.id),
  )

  routes.get(
    '/keys/:id/requests',
    {
      config: active,
      schema: { tags, summary: 'List the last requests of a key', params: KeyParamsSchema, response: { 200: KeyRequestsAnswerSchema } },
    },
    ({ signedIn, params }) => listKeyRequests(database, whoAsks(signedIn), params.id),
  )
}
