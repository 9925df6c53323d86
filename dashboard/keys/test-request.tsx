import { type ReactNode, useState } from 'react'
import type { MeAnswer } from '../../server/keys/schema.ts'
import { ApiError, publicApi, readAnswer } from '../api.ts'
import { Button } from '../design/button.tsx'
import { countText } from './expiry.ts'

type Outcome = { readonly ok: boolean; readonly text: ReactNode } | 'asking' | undefined

/** Sends one request with the key, without the session, and tells what came back. It counts as one of the day's. */
export function TestRequest({ secret }: { readonly secret: string }) {
  const [outcome, setOutcome] = useState<Outcome>()

  async function send() {
    setOutcome('asking')
    try {
      const headers = { 'x-api-key': secret, accept: 'application/json' }
      const response = await fetch(`${publicApi}/me`, { headers, credentials: 'omit', cache: 'no-store' })
      const { organization, quota } = readAnswer<MeAnswer>(response.status, response.headers.get('retry-after'), await response.text())
      setOutcome({
        ok: true,
        text: (
          <>
            {response.status} · <bdi>{organization.name}</bdi> · {countText(quota.left)} left
          </>
        ),
      })
    } catch (error) {
      const known = error instanceof ApiError && error.status > 0
      setOutcome({ ok: false, text: known ? `${error.status} · ${error.message}` : 'LeafPad cannot be reached. Check your connection.' })
    }
  }

  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
      <Button variant="secondary" size="small" busy={outcome === 'asking'} onClick={send}>
        Send test request
      </Button>
      <p role="status" className="min-w-0">
        {outcome !== undefined && outcome !== 'asking' && (
          <span className={outcome.ok ? 'font-medium text-accent-ink' : 'font-medium text-danger-ink'}>{outcome.text}</span>
        )}
      </p>
    </div>
  )
}
