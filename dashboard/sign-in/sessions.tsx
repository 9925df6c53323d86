import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { type RefObject, useRef } from 'react'
import { ask, dashboardApi, isApiError } from '../api.ts'
import { Badge } from '../design/badge.tsx'
import { Button } from '../design/button.tsx'
import { AlertDialog, focusAfter } from '../design/dialog.tsx'
import { Instant } from '../design/instant.tsx'
import { ShowMore } from '../design/show-more.tsx'
import { Spinner } from '../design/spinner.tsx'
import { tellDone } from '../design/toast.tsx'
import { useOpened } from '../design/use-opened.ts'
import { ErrorNotice } from '../error-notice.tsx'
import { describeBrowser } from './describe-browser.ts'
import { type AccountSession, sessionsQuery } from './sessions-query.ts'

/** Where one is signed in, and ending it. */
export function Sessions() {
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery(sessionsQuery)
  const { opened, open, close } = useOpened<AccountSession | 'others'>()
  const heading = useRef<HTMLHeadingElement>(null)
  const sessions = data?.pages.flatMap((page) => page.sessions) ?? []
  return (
    <section aria-labelledby="sessions" className="grid gap-4 rounded-lg border border-line bg-surface p-4 sm:p-6">
      <div className="grid gap-1">
        <h2 id="sessions" ref={heading} tabIndex={-1} className="w-fit rounded-sm text-base font-semibold">
          Sessions
        </h2>
        <p className="text-soft">Where you are signed in. End what you do not know, and change the password then.</p>
      </div>
      {isPending && <Spinner label="Loading your sessions …" />}
      <ErrorNotice error={error} onRetry={refetch} />
      {sessions.length > 0 && (
        <ul className="divide-y divide-line border-y border-line">
          {sessions.map((session) => (
            <SessionItem key={session.id} session={session} onEnd={() => open(session)} />
          ))}
        </ul>
      )}
      <ShowMore hasMore={hasNextPage} busy={isFetchingNextPage} onMore={() => void fetchNextPage()} />
      {sessions.length > 1 && (
        <div>
          <Button variant="secondary" onClick={() => open('others')}>
            End all other sessions
          </Button>
        </div>
      )}
      {opened !== undefined && <EndDialog key={opened.key} ended={opened.subject} open={opened.isOpen} onClose={close} heading={heading} />}
    </section>
  )
}

function SessionItem({ session, onEnd }: { readonly session: AccountSession; readonly onEnd: () => void }) {
  const browser = describeBrowser(session.userAgent)
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-3">
      <div className="grid min-w-0 gap-0.5">
        <span className="flex flex-wrap items-center gap-2 font-medium" title={session.userAgent}>
          {browser} {session.current && <Badge tone="good">This session</Badge>}
        </span>
        <span className="text-[0.8125rem] text-soft">
          {session.ipAddress !== '' && <>from {session.ipAddress} · </>}signed in <Instant at={session.createdAt} /> · ends{' '}
          <Instant at={session.expiresAt} as="date" />
        </span>
      </div>
      {!session.current && (
        <Button variant="danger-quiet" size="small" aria-label={`End the session in ${browser} from ${session.ipAddress}`} onClick={onEnd}>
          End
        </Button>
      )}
    </li>
  )
}

interface EndDialogProps {
  readonly ended: AccountSession | 'others'
  readonly open: boolean
  readonly onClose: () => void
  readonly heading: RefObject<HTMLElement | null>
}

function EndDialog({ ended, open, onClose, heading }: EndDialogProps) {
  const queryClient = useQueryClient()
  const end = useMutation({
    mutationFn: async () => {
      try {
        await ask('DELETE', `${dashboardApi}/sessions${ended === 'others' ? '' : `/${ended.id}`}`)
      } catch (error) {
        // It has ended by itself, which is what was wanted.
        if (!isApiError(error, 'not_found')) throw error
      }
    },
    onSuccess: async () => {
      await queryClient.invalidateQueries(sessionsQuery)
      tellDone(ended === 'others' ? 'All other sessions have ended.' : 'The session has ended.')
      onClose()
    },
  })
  return (
    <AlertDialog
      open={open}
      onClose={onClose}
      title={ended === 'others' ? 'End all other sessions?' : 'End this session?'}
      action={ended === 'others' ? 'End all others' : 'End session'}
      busy={end.isPending}
      onAction={() => end.mutate()}
      finalFocus={focusAfter(end, () => heading.current)}
    >
      <p>
        {ended === 'others'
          ? 'Wherever else you are signed in, you have to sign in again. This session goes on.'
          : `Whoever uses ${describeBrowser(ended.userAgent)} there has to sign in again.`}
      </p>
      <ErrorNotice error={end.error} />
    </AlertDialog>
  )
}
