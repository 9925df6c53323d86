import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type { Static } from 'typebox'
import type { DocumentAnswer, listDocumentsSchema, StorageAnswer } from '../../server/knowledge-base/schema.ts'
import type { MembersAnswer } from '../../server/organizations/schema.ts'
import { ApiError, ask, dashboardApi, isApiError, type Method, publicApi, type RequestOptions, withQuery } from '../api.ts'

export type Document = Static<typeof DocumentAnswer>
export type Storage = Static<typeof StorageAnswer>

export const documentsPath = `${publicApi}/knowledge-base`

/** The documents of the organization, newest first, in pages. */
export function documentsQuery(organizationId: string) {
  return infiniteQueryOptions({
    queryKey: ['documents', organizationId],
    queryFn: ({ pageParam, signal }) =>
      askDocuments<Static<(typeof listDocumentsSchema.response)[200]>>('GET', withQuery(documentsPath, { cursor: pageParam }), {
        organizationId,
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })
}

/** What the members are called, by the id of the user. */
export function namesQuery(organizationId: string) {
  return queryOptions({
    queryKey: ['member-names', organizationId],
    queryFn: async ({ signal }) => {
      const names = new Map<string, string>()
      let cursor: string | null = null
      do {
        const path = withQuery(`${dashboardApi}/organizations/${organizationId}/members`, { limit: 100, cursor })
        const page: Static<typeof MembersAnswer> = await ask('GET', path, { signal })
        for (const { userId, name } of page.members) names.set(userId, name)
        cursor = page.nextCursor
      } while (cursor !== null)
      return names
    },
    staleTime: 60_000,
  })
}

/** What is asked of documents is always said to be about an organization, since another tab may have switched the active one. */
type DocumentsOptions = RequestOptions & { readonly organizationId: string }

/** Asks the public API with the session. That it has ended is said there in words for keys. */
export async function askDocuments<Answer = null>(method: Method, path: string, options: DocumentsOptions): Promise<Answer> {
  try {
    return await ask<Answer>(method, path, options)
  } catch (error) {
    throw ofSession(error)
  }
}

/** An error of the public API as the dashboard knows it. */
export function ofSession(error: unknown): unknown {
  if (!isApiError(error, 'missing_credential')) return error
  return new ApiError('not_signed_in', 401, 'Your session has ended. Sign in again.', error.problem)
}
