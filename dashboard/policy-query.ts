import { queryOptions } from '@tanstack/react-query'
import type { Static } from 'typebox'
import type { PolicyAnswer } from '../server/organizations/schema.ts'
import { ask, dashboardApi } from './api.ts'
import type { Organization } from './session.ts'

/** What an organization holds its keys to. */
export type Policy = Static<typeof PolicyAnswer>['policy']

export const policyPath = ({ id }: Organization) => `${dashboardApi}/organizations/${id}/policy`

/** The policy of an organization, as it is now. */
export function policyQuery(organization: Organization) {
  return queryOptions({
    queryKey: ['policy', organization.id],
    queryFn: async ({ signal }) => (await ask<Static<typeof PolicyAnswer>>('GET', policyPath(organization), { signal })).policy,
  })
}
