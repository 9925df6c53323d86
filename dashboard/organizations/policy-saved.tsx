import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Static } from 'typebox'
import type { KeyListAnswerSchema } from '../../server/keys/schema.ts'
import { ask, dashboardApi, withQuery } from '../api.ts'
import { Notice } from '../design/notice.tsx'
import { ErrorNotice } from '../error-notice.tsx'
import { useOrganization } from '../session.ts'

/** More than that is not counted. */
const most = 100

/** That the policy holds, and how many keys it blocks now. */
export function PolicySaved() {
  const { id: organizationId } = useOrganization()
  const { data, error, refetch } = useQuery({
    queryKey: ['keys', organizationId, 'blocked'],
    queryFn: async ({ signal }) => {
      const path = withQuery(`${dashboardApi}/keys`, { status: 'blocked', limit: most })
      return ask<Static<typeof KeyListAnswerSchema>>('GET', path, { signal, organizationId })
    },
    staleTime: 0,
    gcTime: 0,
  })
  return (
    <>
      <Notice tone="good" alert title="The policy is saved and holds from now on">
        {data !== undefined && (
          <p>
            {blockedText(data.keys.length, data.nextCursor !== null)}{' '}
            {data.keys.length > 0 && (
              <Link to="/settings/api-keys" search={{ status: 'blocked' }} className="link">
                Show what is blocked
              </Link>
            )}
          </p>
        )}
      </Notice>
      <ErrorNotice error={error} onRetry={refetch} />
    </>
  )
}

function blockedText(count: number, hasMore: boolean): string {
  if (hasMore) return `More than ${count} keys are blocked by it.`
  if (count === 0) return 'No key is blocked by it.'
  return count === 1 ? 'One key is blocked by it.' : `${count} keys are blocked by it.`
}
