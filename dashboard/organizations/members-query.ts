import { infiniteQueryOptions } from '@tanstack/react-query'
import type { Static } from 'typebox'
import type { InvitationsAnswer, MembersAnswer } from '../../server/organizations/schema.ts'
import { ask, dashboardApi, withQuery } from '../api.ts'

export type Member = Static<typeof MembersAnswer>['members'][number]
export type Invitation = Static<typeof InvitationsAnswer>['invitations'][number]

/** The members of an organization, oldest first, in pages. */
export function membersQuery(organizationId: string) {
  return infiniteQueryOptions({
    queryKey: ['members', organizationId],
    queryFn: ({ pageParam, signal }) =>
      ask<Static<typeof MembersAnswer>>('GET', withQuery(`${organizationPath(organizationId)}/members`, { cursor: pageParam }), { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })
}

/** The invitations into an organization that nobody has accepted yet, in pages. */
export function invitationsQuery(organizationId: string) {
  return infiniteQueryOptions({
    queryKey: ['invitations', organizationId],
    queryFn: ({ pageParam, signal }) =>
      ask<Static<typeof InvitationsAnswer>>('GET', withQuery(`${organizationPath(organizationId)}/invitations`, { cursor: pageParam }), {
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })
}

export function organizationPath(organizationId: string): string {
  return `${dashboardApi}/organizations/${organizationId}`
}
