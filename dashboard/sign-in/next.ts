export interface SignInSearch {
  /** Where to go once signed in: a path of this dashboard. */
  readonly next?: string
  /** Whether a session has ended on the way. */
  readonly ended?: boolean
}

/** What the address of the sign-in page says. Takes no place outside of this dashboard. */
export function signInSearch(search: Record<string, unknown>): SignInSearch {
  const { next, ended } = search
  return { ...(isOwnPath(next) && { next }), ...(ended === true && { ended }) }
}

function isOwnPath(next: unknown): next is string {
  if (typeof next !== 'string' || !next.startsWith('/')) return false
  const { origin, pathname } = new URL(next, location.origin)
  return origin === location.origin && pathname !== '/sign-in' && !/^\/[/\\]/.test(next)
}
