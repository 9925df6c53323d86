import { queryOptions } from '@tanstack/react-query'
import type { KeyRequestsAnswer, KeyUseAnswer } from '../../server/keys/schema.ts'
import { ask, dashboardApi } from '../api.ts'
import type { Organization } from '../session.ts'
import { keysOf } from './keys-query.ts'

/** Asked again only while it is in sight. */
const refetchInterval = 60_000

/** How a key was used, by day and by hour. */
export function keyUseQuery(organization: Organization, id: string) {
  return queryOptions({
    queryKey: [...keysOf(organization), 'use', id],
    queryFn: ({ signal }) => ask<KeyUseAnswer>('GET', pathOf(id, 'use'), { signal, organizationId: organization.id }),
    staleTime: 0,
    gcTime: 0,
    refetchInterval,
  })
}

/** The last requests of a key, the newest first. */
export function keyRequestsQuery(organization: Organization, id: string) {
  return queryOptions({
    queryKey: [...keysOf(organization), 'requests', id],
    queryFn: ({ signal }) => ask<KeyRequestsAnswer>('GET', pathOf(id, 'requests'), { signal, organizationId: organization.id }),
    staleTime: 0,
    gcTime: 0,
    refetchInterval,
  })
}

function pathOf(id: string, what: string): string {
  return `${dashboardApi}/keys/${encodeURIComponent(id)}/${what}`
}
