import { queryOptions, useSuspenseQuery } from '@tanstack/react-query'
import { createContext, useContext } from 'react'
import type { Static } from 'typebox'
import type { SessionAnswer } from '../server/organizations/schema.ts'
import { ask, dashboardApi } from './api.ts'

export type Session = Static<typeof SessionAnswer>
export type Organization = NonNullable<Session['organization']>
export type Role = Organization['role']

/** Who is signed in, and in which organization. Asked anew when the page is looked at again: another tab may have changed it. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => ask<Session>('GET', `${dashboardApi}/session`, { signal }),
  staleTime: 15_000,
  refetchOnWindowFocus: 'always',
  retry: false,
})

/** Who is signed in. For pages within the shell, which has asked already. */
export function useSession(): Session {
  return useSuspenseQuery(sessionQuery).data
}

/** The organization that a page is about: the active one, save while something holds the page. */
export const ShownOrganization = createContext<Organization | null>(null)

/** The organization of the page. For pages within the shell that are about one. */
export function useOrganization(): Organization {
  const organization = useContext(ShownOrganization)
  if (organization === null) throw new Error('This page is about no organization.')
  return organization
}
