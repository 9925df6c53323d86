import { queryOptions } from '@tanstack/react-query'
import type { Static } from 'typebox'
import type { ReadSignUpAnswer } from '../../server/organizations/schema.ts'
import { ask, dashboardApi } from '../api.ts'

/** Whether anybody may make an account here. */
export const signUpQuery = queryOptions({
  queryKey: ['sign-up'],
  queryFn: ({ signal }) => ask<Static<typeof ReadSignUpAnswer>>('GET', `${dashboardApi}/sign-up`, { signal }),
  staleTime: 60_000,
})
