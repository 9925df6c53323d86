import { type UseInfiniteQueryResult, useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { useCallback } from 'react'
import { Button } from '../design/button.tsx'
import { PageHeader } from '../design/page-header.tsx'
import { Spinner } from '../design/spinner.tsx'
import { ErrorNotice } from '../error-notice.tsx'
import { usePageTitle } from '../page-title.ts'
import { part } from '../part.tsx'
import { useOrganization } from '../session.ts'
import type { Key } from './key.ts'
import type { KeyAction } from './key-actions.ts'
import { KeysFilters } from './keys-filters.tsx'
import { KeysHelp } from './keys-help.tsx'
import { keysQuery, seesAllKeys } from './keys-query.ts'
import { KeysTable } from './keys-table.tsx'
import { type KeysSearch, keysSearch } from './search.ts'
import { useKeyDialog } from './use-key-dialog.ts'

const route = getRouteApi('/signed-in/organization/settings/api-keys')

const KeyDialogs = part(async () => (await import('./key-dialogs.tsx')).KeyDialogs, { takesFocus: true })

// What stands in place of a list is not loaded where there is one.
const FirstKey = part(async () => (await import('./no-keys.tsx')).FirstKey)
const NoMatch = part(async () => (await import('./no-keys.tsx')).NoMatch)

export function KeysPage() {
  usePageTitle('API Keys')
  const organization = useOrganization()
  // The router leaves in what it does not know.
  const search = keysSearch({ ...route.useSearch() })
  const list = useInfiniteQuery({ ...keysQuery(organization, search), refetchInterval: 60_000 })
  const keys = list.data?.pages.flatMap((page) => page.keys) ?? []
  const { open, show, close } = useKeyDialog('[data-generate]')
  const act = useCallback<KeyListProps['onAction']>((action, key, opener) => show({ action, key }, opener), [show])
  const none = isKnown(list) && keys.length === 0 && Object.keys(search).length === 0
  const generate = (label: string) => (
    <Button onClick={(event) => show({ action: 'generate' }, event.currentTarget)} data-generate>
      <Plus className="size-4" aria-hidden="true" />
      {label}
    </Button>
  )
  return (
    <>
      <PageHeader
        title="API Keys"
        description={
          <>
            For programs that use the knowledge base of <bdi>{organization.name}</bdi>.
          </>
        }
        actions={
          none ? undefined : (
            <>
              {seesAllKeys(organization) && (
                <Button variant="secondary" onClick={(event) => show({ action: 'identify' }, event.currentTarget)}>
                  Whose secret is this?
                </Button>
              )}
              {generate('Generate key')}
            </>
          )
        }
      />
      <div className="grid gap-8">
        {none ? (
          <FirstKey action={generate('Generate your first key')} />
        ) : (
          <section aria-label="Keys">
            <KeysFilters search={search} />
            <KeyList keys={keys} list={list} search={search} onAction={act} />
          </section>
        )}
        <KeysHelp />
      </div>
      {open !== undefined && <KeyDialogs open={open} onClose={close} />}
    </>
  )
}

interface KeyListProps {
  readonly keys: readonly Key[]
  readonly list: UseInfiniteQueryResult
  readonly search: KeysSearch
  readonly onAction: (action: KeyAction, key: Key, opener: HTMLElement | null) => void
}

function KeyList({ keys, list, search, onAction }: KeyListProps) {
  const organization = useOrganization()
  if (list.isPending) return <Spinner label="Loading the keys …" />
  return (
    <div className="grid gap-4">
      <ErrorNotice error={list.error} onRetry={list.refetch} />
      {keys.length > 0 && <KeysTable keys={keys} owners={seesAllKeys(organization)} onAction={onAction} />}
      {keys.length === 0 && isKnown(list) && <NoMatch search={search} />}
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p role="status" className="text-[0.8125rem] text-soft">
          {isKnown(list) && told(keys.length, list.hasNextPage, search.q !== undefined)}
        </p>
        {list.hasNextPage && (
          <Button variant="secondary" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            Show more
          </Button>
        )}
      </div>
    </div>
  )
}

/** Whether the list is what is asked for now. */
function isKnown({ isSuccess, isPlaceholderData }: UseInfiniteQueryResult): boolean {
  return isSuccess && !isPlaceholderData
}

function told(count: number, more: boolean, searched: boolean): string {
  const keys = `${count} ${count === 1 ? 'key' : 'keys'}`
  if (more) return `The newest ${keys}${searched ? ' that match' : ''}.`
  return `${keys}${searched ? (count === 1 ? ' matches' : ' match') : ''}.`
}
