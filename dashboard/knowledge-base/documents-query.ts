import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type { Static } from 'typebox'
import type { DocumentAnswer, listDocumentsSchema, StorageAnswer } from '../../server/knowledge-base/schema.ts'
import type { MembersAnswer } from '../../server/organizations/schema.ts'
import { ApiError, ask, dashboardApi, isApiError, type Method, publicApi, type RequestOptions, withQuery } from '../api.ts'
import type { Session } from '../session.ts'

export type Document = Static<typeof DocumentAnswer>
export type Storage = Static<typeof StorageAnswer>

export const documentsPath = `${publicApi}/knowledge-base`

/** The documents of the organization, newest first, in pages. */
export function documentsQuery(organizationId: string) {
  return infiniteQueryOptions({
    queryKey: ['documents', organizationId],
    queryFn: ({ pageParam, signal }) =>
      askDocuments<Static<(typeof listDocumentsSchema.response)[200]>>('GET', withQuery(documentsPath, { cursor: pageParam }), { signal }),
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

/** Asks the public API with the session. That it has ended is said there in words for keys. */
export async function askDocuments<Answer = null>(method: Method, path: string, options?: RequestOptions): Promise<Answer> {
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

/**
 * Rejects unless the session works in this organization: what is written goes to the active one, and another tab may have
 * switched it.
 */
export async function requireActive(organizationId: string, signal?: AbortSignal): Promise<void> {
  const { organization } = await ask<Session>('GET', `${dashboardApi}/session`, { signal })
  if (organization?.id === organizationId) return
  const detail = 'Another organization was made the active one, perhaps in another tab. Nothing was changed.'
  throw new ApiError('other_organization_active', 409, detail)
}
