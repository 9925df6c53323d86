import { queryOptions } from '@tanstack/react-query'
import type { Static } from 'typebox'
import type { MembersAnswer } from '../server/organizations/schema.ts'
import { ask, dashboardApi, withQuery } from './api.ts'
import type { Organization } from './session.ts'

type Members = Static<typeof MembersAnswer>

const mostMembers = 1_000

/** The present members of an organization, to pick one of them: the first thousand. */
export function everyoneQuery(organization: Organization) {
  return queryOptions({
    queryKey: ['everyone', organization.id],
    queryFn: async ({ signal }) => {
      const everyone: Members['members'] = []
      let cursor: string | null = null
      do {
        const path = withQuery(`${dashboardApi}/organizations/${organization.id}/members`, { limit: 100, cursor })
        const page: Members = await ask<Members>('GET', path, { signal })
        everyone.push(...page.members)
        cursor = page.nextCursor
      } while (cursor !== null && everyone.length < mostMembers)
      return everyone
    },
    staleTime: 60_000,
  })
}
