import { publicApi } from '../api.ts'

/** What whoever finds a secret can do, and what comes of it. */
export function LeakHint() {
  return (
    <p className="text-[0.8125rem] text-soft">
      If it ever leaks: whoever finds it can report it to{' '}
      <span className="font-mono text-ink">
        POST {location.origin}
        {publicApi}/keys/report-leak
      </span>
      , and the key is revoked at once.
    </p>
  )
}
