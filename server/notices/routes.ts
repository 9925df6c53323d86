import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import type { Database } from '../database/database.ts'
import { dismissNotice } from './dismiss-notice.ts'
import { listNotices, type ShownNotice } from './list-notices.ts'
import { NoAnswer, NoticeParams, NoticesAnswer } from './schema.ts'

export interface NoticeRoutesOptions {
  readonly database: Database
  /** Whether people are told by mail, and so need no banners. */
  readonly byMail: boolean
}

/** What a user is to be told about the keys of all their organizations, for the dashboard. */
export function noticeRoutes(app: FastifyInstance, { database, byMail }: NoticeRoutesOptions): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const tags = ['notices']

  routes.get(
    '/notices',
    { schema: { tags, summary: 'List what you are to be told', response: { 200: NoticesAnswer } } },
    async ({ signedIn: { userId, sessionId } }) => {
      const notices = byMail ? [] : await listNotices(database, userId, sessionId)
      return { notices: notices.map(noticeAnswer) }
    },
  )

  routes.delete(
    '/notices/:id',
    { schema: { tags, summary: 'Put a notice away', params: NoticeParams, response: { 204: NoAnswer } } },
    async (request, reply) => {
      await dismissNotice(database, request.signedIn.userId, request.params.id)
      return reply.code(204).send(null)
    },
  )
}

function noticeAnswer({ id, kind, facts, createdAt, endsAt, organizationId, organizationName, keyId, keyName }: ShownNotice) {
  return {
    ...{ id, kind, facts },
    createdAt: new Date(createdAt).toISOString(),
    endsAt: new Date(endsAt).toISOString(),
    organization: { id: organizationId, name: organizationName },
    key: keyId === null || keyName === null ? null : { id: keyId, name: keyName },
  }
}
