import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Download } from 'lucide-react'
import { entriesQuery, mayReadAudit } from '../audit-query.ts'
import { Button } from '../design/button.tsx'
import { Card } from '../design/card.tsx'
import { EmptyState } from '../design/empty-state.tsx'
import { PageHeader } from '../design/page-header.tsx'
import { ShowMore } from '../design/show-more.tsx'
import { Spinner } from '../design/spinner.tsx'
import { Entries } from '../entries.tsx'
import { ErrorNotice } from '../error-notice.tsx'
import { usePageTitle } from '../page-title.ts'
import { useOrganization } from '../session.ts'
import { AuditFilters } from './audit-filters.tsx'
import { downloadEntries } from './download-entries.ts'
import { type AuditSearch, askedEntries, auditSearch } from './search.ts'

const route = getRouteApi('/signed-in/organization/settings/audit')

/** Who changed what in the organization. */
export function AuditPage() {
  usePageTitle('Audit log')
  const organization = useOrganization()
  const search = auditSearch({ ...route.useSearch() })
  const download = useMutation({ mutationFn: () => downloadEntries(organization.id, askedEntries(search)) })
  const mayRead = mayReadAudit(organization)
  return (
    <>
      <PageHeader
        title="Audit log"
        description={
          <>
            Every change to the keys, members, invitations and the policy of <bdi>{organization.name}</bdi>. Nobody can change or delete an
            entry here.
          </>
        }
        actions={
          mayRead && (
            <Button variant="secondary" busy={download.isPending} onClick={() => download.mutate()}>
              <Download className="size-4" aria-hidden="true" />
              Download as NDJSON
            </Button>
          )
        }
      />
      {mayRead ? (
        <div className="grid gap-4">
          <ErrorNotice error={download.error} />
          <Log search={search} />
        </div>
      ) : (
        <EmptyState title="The audit log is for owners and admins">
          Ask one of them for what you need to know, or to make you an admin.
        </EmptyState>
      )}
    </>
  )
}

function Log({ search }: { readonly search: AuditSearch }) {
  const organization = useOrganization()
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery(
    entriesQuery(organization, askedEntries(search)),
  )
  const entries = data?.pages.flatMap((page) => page.entries) ?? []
  return (
    <section aria-label="Entries" className="grid gap-4">
      <AuditFilters search={search} />
      {isPending && <Spinner label="Loading the audit log …" />}
      <ErrorNotice error={error} onRetry={refetch} />
      {data !== undefined && entries.length === 0 && (
        <EmptyState title="No entry matches">
          {Object.keys(search).length > 0
            ? 'Nothing of this kind was done, or not in these days. Show all, or choose something else.'
            : 'Nothing was changed since this server keeps a log.'}
        </EmptyState>
      )}
      {entries.length > 0 && (
        <Card>
          <Entries label="Audit log" entries={entries} />
        </Card>
      )}
      {/* Of another choice nothing was shown yet. */}
      <ShowMore key={JSON.stringify(search)} hasMore={hasNextPage} busy={isFetchingNextPage} onMore={() => void fetchNextPage()} />
    </section>
  )
}
