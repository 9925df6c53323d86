import { queryOptions } from '@tanstack/react-query'
import type { KeyRequestsAnswer, KeyUseAnswer } from '../../server/keys/schema.ts'
import { ask, dashboardApi } from '../api.ts'
import type { Organization } from '../session.ts'

/** Where what is known of a key's past is: apart from what is known of keys, which whoever changes one waits for. */
export const historyOf = (organization: Organization, id: string) => ['key-history', organization.id, id] as const

/** Asked again only while it is in sight. */
const refetchInterval = 60_000

/** How a key was used, by day and by hour. */
export function keyUseQuery(organization: Organization, id: string) {
  return queryOptions({
    queryKey: [...historyOf(organization, id), 'use'],
    queryFn: ({ signal }) => ask<KeyUseAnswer>('GET', pathOf(id, 'use'), { signal, organizationId: organization.id }),
    staleTime: 0,
    gcTime: 0,
    refetchInterval,
  })
}

/** The last requests of a key, the newest first. */
export function keyRequestsQuery(organization: Organization, id: string) {
  return queryOptions({
    queryKey: [...historyOf(organization, id), 'requests'],
    queryFn: ({ signal }) => ask<KeyRequestsAnswer>('GET', pathOf(id, 'requests'), { signal, organizationId: organization.id }),
    staleTime: 0,
    gcTime: 0,
    refetchInterval,
  })
}

function pathOf(id: string, what: string): string {
  return `${dashboardApi}/keys/${encodeURIComponent(id)}/${what}`
}
