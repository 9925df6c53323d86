import { infiniteQueryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import type { Static } from 'typebox'
import type { OrganizationAnswer, OrganizationsAnswer } from '../../server/organizations/schema.ts'
import { ask, dashboardApi, withQuery } from '../api.ts'
import { sessionQuery } from '../session.ts'

/** The organizations one is a member of, in pages. */
export const organizationsQuery = infiniteQueryOptions({
  queryKey: ['organizations'],
  queryFn: ({ pageParam, signal }) =>
    ask<Static<typeof OrganizationsAnswer>>('GET', withQuery(`${dashboardApi}/organizations`, { limit: 100, cursor: pageParam }), {
      signal,
    }),
  initialPageParam: null as string | null,
  getNextPageParam: ({ nextCursor }) => nextCursor,
})

/** Makes an organization the active one. What was known of the one before is forgotten. */
export function useActivateOrganization(onDone?: () => void) {
  const queryClient = useQueryClient()
  const router = useRouter()
  return useMutation({
    mutationFn: (organizationId: string) =>
      ask<Static<typeof OrganizationAnswer>>('PUT', `${dashboardApi}/session/organization`, { body: { organizationId } }),
    onSuccess: async ({ organization }) => {
      // An answer that was asked for before the switch may still be on its way, and would undo it here.
      await queryClient.cancelQueries(sessionQuery)
      queryClient.removeQueries({ predicate: ({ queryKey: [name] }) => name !== 'session' && name !== 'organizations' })
      queryClient.setQueryData(sessionQuery.queryKey, (session) => session && { ...session, organization })
      await router.invalidate()
      onDone?.()
    },
  })
}
