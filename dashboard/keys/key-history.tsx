import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { entriesQuery, mayReadAudit } from '../audit-query.ts'
import { Card } from '../design/card.tsx'
import { ShowMore } from '../design/show-more.tsx'
import { Spinner } from '../design/spinner.tsx'
import { Entries } from '../entries.tsx'
import { ErrorNotice } from '../error-notice.tsx'
import { useOrganization } from '../session.ts'
import { historyOf } from './history-query.ts'
import type { Key } from './key.ts'
import { KeyRequests } from './key-requests.tsx'
import { KeyUse } from './key-use.tsx'

/** What was done with a key, and to it. Apart from the page, which is there sooner without it. */
export function KeyHistory({ shownKey: key }: { readonly shownKey: Key }) {
  const organization = useOrganization()
  const queryClient = useQueryClient()
  const known = useRef(key)
  useEffect(() => {
    // It was used or changed since: what is told of its past is to go with what the page tells above.
    if (known.current !== key) void queryClient.invalidateQueries({ queryKey: historyOf(organization, key.id) })
    known.current = key
  }, [key, organization, queryClient])
  return (
    <>
      <KeyUse shownKey={key} />
      <KeyRequests shownKey={key} />
      {mayReadAudit(organization) && <Changes shownKey={key} />}
    </>
  )
}

/** What the log of changes has of a key. */
function Changes({ shownKey: key }: { readonly shownKey: Key }) {
  const organization = useOrganization()
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery(
    entriesQuery(organization, { targetId: key.id }, historyOf(organization, key.id)),
  )
  const entries = data?.pages.flatMap((page) => page.entries) ?? []
  return (
    <Card title="History" description="Who changed the key, from the audit log.">
      <div className="grid gap-4">
        {isPending && <Spinner label="Loading the history …" />}
        <ErrorNotice error={error} onRetry={refetch} />
        {data !== undefined && entries.length === 0 && <p className="text-soft">The audit log has no entry of this key.</p>}
        {entries.length > 0 && <Entries label="History" entries={entries} ofKey />}
        <ShowMore hasMore={hasNextPage} busy={isFetchingNextPage} onMore={() => void fetchNextPage()} />
      </div>
    </Card>
  )
}
