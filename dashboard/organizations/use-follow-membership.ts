import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { ApiError, type ApiErrorCode } from '../api.ts'
import { sessionQuery } from '../session.ts'

/** What an answer says when one is not, or not any more, what the page takes one for. */
const codes: readonly ApiErrorCode[] = ['not_found', 'missing_permission', 'no_organization_active', 'other_organization_active']

/** Asks who one is anew as soon as an answer hints that a role, a membership or the active organization has changed. */
export function useFollowMembership(): void {
  const queryClient = useQueryClient()
  useEffect(() => follow(queryClient), [queryClient])
}

function follow(queryClient: QueryClient): () => void {
  const look = (error: unknown) => {
    if (error instanceof ApiError && codes.includes(error.code)) void queryClient.invalidateQueries(sessionQuery)
  }
  const stops = [
    queryClient.getQueryCache().subscribe((event) => {
      if (event.type === 'updated' && event.action.type === 'error') look(event.action.error)
    }),
    queryClient.getMutationCache().subscribe((event) => {
      if (event.type === 'updated' && event.action.type === 'error') look(event.action.error)
    }),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}
