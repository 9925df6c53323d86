import { queryOptions } from '@tanstack/react-query'
import type { Static } from 'typebox'
import type { NoticeSchema, NoticesAnswer } from '../../server/notices/schema.ts'
import { ask, dashboardApi } from '../api.ts'

export type Notice = Static<typeof NoticeSchema>

/** What one is to be told, the newest first. */
export const noticesQuery = queryOptions({
  queryKey: ['notices'],
  queryFn: ({ signal }) => ask<Static<typeof NoticesAnswer>>('GET', `${dashboardApi}/notices`, { signal }),
})
