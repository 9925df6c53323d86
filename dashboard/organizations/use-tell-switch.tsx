import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { tellDone } from '../design/toast.tsx'
import { type Session, sessionQuery } from '../session.ts'

/** Tells that another tab has made another organization the active one, since the page then follows by itself. */
export function useTellSwitch(): void {
  const queryClient = useQueryClient()
  useEffect(() => {
    const active = () => queryClient.getQueryData(sessionQuery.queryKey)?.organization
    let before = active()
    return queryClient.getQueryCache().subscribe((event) => {
      if (event.type !== 'updated' || event.action.type !== 'success' || event.query.queryKey[0] !== sessionQuery.queryKey[0]) return
      const { organization } = event.action.data as Session
      // What this page has switched itself was written, not asked for, and is told already.
      const isOwn = event.action.manual === true
      if (!isOwn && before && organization !== null && before.id !== organization.id) {
        tellDone(
          <>
            Another tab has switched to <bdi>{organization.name}</bdi>.
          </>,
        )
      }
      before = organization
    })
  }, [queryClient])
}
