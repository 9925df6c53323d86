import { useSyncExternalStore } from 'react'

const listeners = new Set<() => void>()
let token: string | null = null

/**
 * Takes the token out of the address (`#token=…`), so that neither the history nor a glance at the address bar has it. Called before
 * anything else looks at the address, and for every link that is opened later.
 */
export function takeLinkToken(): void {
  const found = /^#token=([\w-]+)$/.exec(location.hash)?.[1]
  if (found === undefined) return
  token = found
  history.replaceState(history.state, '', location.pathname + location.search)
  for (const listener of listeners) listener()
}

/** The token of the link that was opened; null when there is none. It is in memory alone. */
export function useLinkToken(): string | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => token,
  )
}

/** Forgets the token once it was used. */
export function forgetLinkToken(): void {
  token = null
}
