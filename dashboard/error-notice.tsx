import { useEffect, useState } from 'react'
import { ApiError } from './api.ts'
import { Notice } from './design/notice.tsx'

/** Says what went wrong and what to do about it; nothing while there is no error. */
export function ErrorNotice({ error }: { readonly error: unknown }) {
  if (error === null || error === undefined) return null
  if (!(error instanceof ApiError)) {
    return (
      <Notice tone="danger" alert title="Something went wrong in this page">
        Load it again; if that does not help, tell whoever runs this server.
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
