import { infiniteQueryOptions } from '@tanstack/react-query'
import type { Static } from 'typebox'
import type { EntryAnswer, EntryListAnswer } from '../server/audit/schema.ts'
import { ask, dashboardApi, withQuery } from './api.ts'
import type { Organization } from './session.ts'

export type Entry = EntryAnswer
export type AuditAction = Entry['action']

/** Which entries, as the API takes it. */
export interface EntryFilter {
  readonly action?: AuditAction | undefined
  readonly userId?: string | undefined
  readonly targetId?: string | undefined
  /** The first instant, or day in UTC. */
  readonly from?: string | undefined
  /** The first one that is not among them any more. */
  readonly until?: string | undefined
}

/** Whether somebody of this role may read the log of changes. The server decides; this only spares people what it would refuse. */
export function mayReadAudit({ role }: Pick<Organization, 'role'>): boolean {
  return role === 'owner' || role === 'admin'
}

/**
 * The log of changes to an organization, in pages, the newest first.
 * @param within what its place among all that is known begins with: it is asked anew together with the rest of that
 */
export function entriesQuery(organization: Organization, filter: EntryFilter, within: readonly unknown[] = ['audit', organization.id]) {
  return infiniteQueryOptions({
    queryKey: [...within, 'entries', filter],
    queryFn: ({ pageParam, signal }) => {
      const path = withQuery(`${dashboardApi}/audit`, { ...filter, limit: 25, cursor: pageParam })
      return ask<Static<typeof EntryListAnswer>>('GET', path, { signal, organizationId: organization.id })
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    staleTime: 0,
  })
}
