import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { ArrowLeft } from 'lucide-react'
import type { ReactNode } from 'react'
import { isApiError } from '../api.ts'
import { PageHeader } from '../design/page-header.tsx'
import { Spinner } from '../design/spinner.tsx'
import { ErrorNotice } from '../error-notice.tsx'
import { usePageTitle } from '../page-title.ts'
import { part } from '../part.tsx'
import { useOrganization } from '../session.ts'
import type { Key } from './key.ts'
import { KeyButtons } from './key-buttons.tsx'
import { KeyFacts } from './key-facts.tsx'
import { KeyNotFound } from './key-not-found.tsx'
import { KeySecrets } from './key-secrets.tsx'
import { keyQuery } from './keys-query.ts'
import { useKeyDialog } from './use-key-dialog.ts'

const route = getRouteApi('/signed-in/organization/settings/api-keys/$keyId')

/** While two secrets are let in one waits for the use of the old one to cease. */
const rotatingMs = 5_000
const usualMs = 60_000

const KeyHistory = part(async () => (await import('./key-history.tsx')).KeyHistory, {
  fallback: <Spinner label="Loading the history of the key …" />,
})
const KeyDialogs = part(async () => (await import('./key-dialogs.tsx')).KeyDialogs, { takesFocus: true })

/** All about one key, a section below the other. */
export function KeyPage() {
  usePageTitle('API key')
  const { keyId } = route.useParams()
  // Asked again only while the page is in sight.
  const { data, error, isPending, refetch } = useQuery({
    ...keyQuery(useOrganization(), keyId),
    refetchInterval: ({ state }) =>
      isApiError(state.error, 'not_found') ? false : state.data !== undefined && isRotating(state.data) ? rotatingMs : usualMs,
  })
  // Another tab has switched: the page follows in a moment.
  const isLeaving = isApiError(error, 'other_organization_active')
  const { open, show, close } = useKeyDialog('#content')
  return (
    <>
      <Link
        to="/settings/api-keys"
        className="mb-3 inline-flex min-h-6 items-center gap-1.5 rounded-sm text-soft hover:text-ink pointer-coarse:min-h-11"
      >
        <ArrowLeft className="size-4" aria-hidden="true" />
        API Keys
      </Link>
      {isApiError(error, 'not_found') ? (
        <KeyNotFound />
      ) : (
        <>
          <PageHeader
            title={data === undefined ? 'API key' : <bdi>{data.name}</bdi>}
            actions={data && <KeyButtons shownKey={data} onAction={(action, opener) => show({ action, key: data }, opener)} />}
          />
          <div className="grid gap-6">
            {(isPending || isLeaving) && <Spinner label="Loading the key …" />}
            {!isLeaving && <ErrorNotice error={error} onRetry={refetch} />}
            {data !== undefined && sections(data)}
          </div>
        </>
      )}
      {open !== undefined && <KeyDialogs open={open} onClose={close} />}
    </>
  )
}

function sections(key: Key): ReactNode {
  return (
    <>
      <KeyFacts shownKey={key} />
      <KeySecrets shownKey={key} />
      <KeyHistory shownKey={key} />
    </>
  )
}

function isRotating({ status, secrets }: Key): boolean {
  return status === 'active' && secrets.length > 1
}
