import { infiniteQueryOptions } from '@tanstack/react-query'
import type { Static } from 'typebox'
import type { SessionsAnswer } from '../../server/organizations/schema.ts'
import { ask, dashboardApi, withQuery } from '../api.ts'

export type AccountSession = Static<typeof SessionsAnswer>['sessions'][number]

/** Where one is signed in, oldest first, in pages. */
export const sessionsQuery = infiniteQueryOptions({
  queryKey: ['sessions'],
  queryFn: ({ pageParam, signal }) =>
    ask<Static<typeof SessionsAnswer>>('GET', withQuery(`${dashboardApi}/sessions`, { cursor: pageParam }), { signal }),
  initialPageParam: null as string | null,
  getNextPageParam: ({ nextCursor }) => nextCursor,
})
