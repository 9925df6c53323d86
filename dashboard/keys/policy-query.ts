import { queryOptions } from '@tanstack/react-query'
import type { Static } from 'typebox'
import type { PolicyAnswer } from '../../server/organizations/schema.ts'
import { ask, dashboardApi } from '../api.ts'
import type { Organization } from '../session.ts'

/** What an organization holds its keys to. */
export type Policy = Static<typeof PolicyAnswer>['policy']

/** The policy of an organization, as it is now; the rooms of keys and of organizations read it to the same place. */
export function policyQuery(organization: Organization) {
  return queryOptions({
    queryKey: ['policy', organization.id],
    queryFn: async ({ signal }) =>
      (await ask<Static<typeof PolicyAnswer>>('GET', `${dashboardApi}/organizations/${organization.id}/policy`, { signal })).policy,
  })
}
