import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { ask, dashboardApi } from '../api.ts'
import { Button } from '../design/button.tsx'
import { Notice } from '../design/notice.tsx'
import { tellDone } from '../design/toast.tsx'
import { sessionQuery } from '../session.ts'
import { noticeWords } from './notice-words.tsx'
import { noticesQuery, type Notice as Told } from './notices-query.ts'

/** So many are shown until one asks for all. */
const shownAtFirst = 2

/** What one is to be told about the keys of all one's organizations, until it is put away. */
export function Notices() {
  const { data } = useQuery(noticesQuery)
  const [all, setAll] = useState(false)
  const [dismissedId, setDismissedId] = useState<string>()
  const region = useRef<HTMLElement>(null)
  /** Whether what had the focus was put away, and nothing has it yet. */
  const owesFocus = useRef(false)
  const queryClient = useQueryClient()
  const dismiss = useMutation({
    mutationFn: ({ id }: Told) => ask('DELETE', `${dashboardApi}/notices/${id}`),
    onSuccess: async (_, { id }) => {
      owesFocus.current = true
      setDismissedId(id)
      await queryClient.invalidateQueries(noticesQuery)
    },
    onError: (error) => tellDone(error.message),
  })
  useEffect(() => {
    if (dismissedId === undefined || data?.notices.some(({ id }) => id === dismissedId)) return
    setDismissedId(undefined)
    owesFocus.current = false
    // What had the focus is gone.
    const next = region.current?.querySelector<HTMLElement>('button[aria-label]') ?? document.getElementById('content')
    next?.focus({ preventScroll: true })
    // Which takes all of this away.
    if (data?.notices.length === 0) void queryClient.invalidateQueries(sessionQuery)
  }, [data, dismissedId, queryClient])
  useEffect(
    () => () => {
      // The session was read in between, and had none left.
      if (owesFocus.current) document.getElementById('content')?.focus({ preventScroll: true })
    },
    [],
  )
  const notices = data?.notices ?? []
  if (notices.length === 0) return null
  const more = notices.length - shownAtFirst
  return (
    <section ref={region} aria-label="Notices" className="mb-6 grid gap-2">
      <ul className="grid gap-2">
        {(all ? notices : notices.slice(0, shownAtFirst)).map((notice) => {
          const { tone, title, text, link } = noticeWords(notice)
          const name = notice.key === null ? '' : ` of ${notice.key.name}`
          return (
            <li key={notice.id} className="relative">
              <Notice tone={tone} title={<span className="block pr-8">{title}</span>}>
                <p>{text}</p>
                <p>
                  <Link to={pathOf(notice)} className="link">
                    {link}
                  </Link>
                </p>
              </Notice>
              <div className="absolute top-1 right-1">
                <Button
                  variant="quiet"
                  size="icon"
                  aria-label={`Put this notice${name} away`}
                  busy={dismiss.isPending && dismiss.variables.id === notice.id}
                  onClick={() => dismiss.mutate(notice)}
                >
                  <X className="size-4" aria-hidden="true" />
                </Button>
              </div>
            </li>
          )
        })}
      </ul>
      {more > 0 && !all && (
        <div>
          <Button variant="secondary" size="small" onClick={() => setAll(true)}>
            {more === 1 ? 'Show one more notice' : `Show ${more} more notices`}
          </Button>
        </div>
      )}
    </section>
  )
}

/** In its organization, whichever is the active one. */
function pathOf({ organization, key }: Told): string {
  return `/organizations/${organization.id}/settings/api-keys${key === null ? '' : `/${key.id}`}`
}
