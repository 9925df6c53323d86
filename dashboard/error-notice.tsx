import { useEffect, useState } from 'react'
import { ApiError } from './api.ts'
import { Button } from './design/button.tsx'
import { Notice } from './design/notice.tsx'
import { PartError } from './part-error.ts'

export interface ErrorNoticeProps {
  readonly error: unknown
  /** Where what failed can be tried again as it was, such as reading a list. */
  readonly onRetry?: (() => unknown) | undefined
}

/** Says what went wrong and what to do about it; nothing while there is no error. */
export function ErrorNotice({ error, onRetry }: ErrorNoticeProps) {
  if (error === null || error === undefined) return null
  if (!(error instanceof ApiError)) {
    const isPart = error instanceof PartError
    return (
      <Notice tone="danger" alert title={isPart ? 'A part of this page could not be loaded' : 'Something went wrong in this page'}>
        <p>
          {isPart
            ? 'The connection is gone, or LeafPad was updated since the page was opened.'
            : 'If loading it again does not help, tell whoever runs this server.'}
        </p>
        <div>
          <Button variant="secondary" size="small" onClick={() => window.location.reload()}>
            Load the page again
          </Button>
        </div>
      </Notice>
    )
  }
  return (
    <Notice tone="danger" alert>
      <p>{error.message}</p>
      {error.retryAt !== undefined && <RetryAt key={error.retryAt.getTime()} at={error.retryAt} />}
      {error.status >= 500 && typeof error.problem.requestId === 'string' && (
        <p className="text-[0.8125rem]">Request {error.problem.requestId}, for whoever runs this server.</p>
      )}
      {onRetry !== undefined && (
        <div>
          <Button variant="secondary" size="small" onClick={onRetry}>
            Try again
          </Button>
        </div>
      )}
    </Notice>
  )
}

function RetryAt({ at }: { readonly at: Date }) {
  const [over, setOver] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setOver(true), at.getTime() - Date.now())
    return () => clearTimeout(timer)
  }, [at])
  return over ? <p>You can try again now.</p> : <p>You can try again at {at.toLocaleTimeString()}.</p>
}
