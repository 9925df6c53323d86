import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { lazy, Suspense, useCallback, useEffect } from 'react'
import { Button } from '../design/button.tsx'
import { PageHeader } from '../design/page-header.tsx'
import { Spinner } from '../design/spinner.tsx'
import { ErrorNotice } from '../error-notice.tsx'
import { usePageTitle } from '../page-title.ts'
import { useOrganization } from '../session.ts'
import type { Key } from './key.ts'
import type { KeyAction } from './key-actions.ts'
import { KeysFilters } from './keys-filters.tsx'
import { KeysHelp } from './keys-help.tsx'
import { keyHint, keysQuery, seesAllKeys } from './keys-query.ts'
import { KeysTable } from './keys-table.tsx'
import { type KeysSearch, keysSearch } from './search.ts'
import { useKeyDialog } from './use-key-dialog.ts'

const route = getRouteApi('/signed-in/organization/settings/api-keys')

/** Keys are read on by themselves for a search up to this many; then one asks for more. */
const searchedByItself = 1_000

const KeyDialogs = lazy(async () => ({ default: (await import('./key-dialogs.tsx')).KeyDialogs }))

// What stands in place of a list is not loaded where there is one.
const FirstKey = lazy(async () => ({ default: (await import('./no-keys.tsx')).FirstKey }))
const NoMatch = lazy(async () => ({ default: (await import('./no-keys.tsx')).NoMatch }))

export function KeysPage() {
  usePageTitle('API Keys')
  const organization = useOrganization()
  // The router leaves in what it does not know.
  const search = keysSearch({ ...route.useSearch() })
  const { keys, list } = useKeys(search)
  const { open, show, close } = useKeyDialog('[data-generate]')
  const act = useCallback<KeyListProps['onAction']>((action, key, opener) => show({ action, key }, opener), [show])
  const none = list.isSuccess && keys.length === 0 && Object.keys(search).length === 0
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
          <Suspense>
            <FirstKey action={generate('Generate your first key')} />
          </Suspense>
        ) : (
          <section aria-label="Keys">
            <KeysFilters search={search} />
            <KeyList keys={keys} list={list} search={search} onAction={act} />
          </section>
        )}
        <KeysHelp />
      </div>
      <Suspense>{open !== undefined && <KeyDialogs open={open} onClose={close} />}</Suspense>
    </>
  )
}

/** The keys that are read so far and match; while something is searched for, more are read. */
function useKeys(search: KeysSearch) {
  const organization = useOrganization()
  const list = useInfiniteQuery({ ...keysQuery(organization, search), refetchInterval: 60_000 })
  const { data, error, hasNextPage, isFetching, fetchNextPage } = list
  const read = data?.pages.flatMap((page) => page.keys) ?? []
  const readOn = search.q !== undefined && hasNextPage && !isFetching && error === null && read.length < searchedByItself
  useEffect(() => {
    if (readOn) void fetchNextPage()
  }, [readOn, fetchNextPage])
  const words = search.q?.trim().toLocaleLowerCase() ?? ''
  const keys = words === '' ? read : read.filter((key) => matches(words, key))
  return { keys, list: { ...list, readCount: read.length } }
}

/** A name has the words; the end of a secret that has not ended may come with what stands before it in the list. */
function matches(words: string, { name, secrets }: Key): boolean {
  return name.toLocaleLowerCase().includes(words) || secrets.some((secret) => keyHint(secret).toLowerCase().includes(words))
}

interface KeyListProps {
  readonly keys: readonly Key[]
  readonly list: ReturnType<typeof useKeys>['list']
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
      {keys.length === 0 && list.data !== undefined && !list.isFetchingNextPage && (
        <Suspense>
          <NoMatch search={search} among={list.hasNextPage ? list.readCount : undefined} />
        </Suspense>
      )}
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p role="status" className="text-[0.8125rem] text-soft">
          {list.data !== undefined && told(keys.length, list.readCount, list.hasNextPage, search.q !== undefined)}
        </p>
        {list.hasNextPage && (
          <Button variant="secondary" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {search.q === undefined ? 'Show more' : 'Search further'}
          </Button>
        )}
      </div>
    </div>
  )
}

function told(shown: number, read: number, more: boolean, searched: boolean): string {
  const keys = (count: number) => `${count} ${count === 1 ? 'key' : 'keys'}`
  if (searched) return more ? `${shown} of the newest ${keys(read)} match; there are older ones.` : `${shown} of ${keys(read)} match.`
  return more ? `The newest ${keys(read)}.` : `${keys(read)}.`
}
