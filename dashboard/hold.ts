import { useLayoutEffect, useSyncExternalStore } from 'react'

let holders = 0
const listeners = new Set<() => void>()

/**
 * While `holding` is true, what the page shows stays, whatever becomes of the session behind it: another tab may switch the
 * organization or sign out. For what is shown this once, and for the answer that brings it.
 */
export function useHold(holding: boolean): void {
  // Before anything else can take the page away.
  useLayoutEffect(() => {
    if (!holding) return
    change(1)
    return () => change(-1)
  }, [holding])
}

/** Whether something holds the page. */
export function useHeld(): boolean {
  return useSyncExternalStore(subscribe, () => holders > 0)
}

/** Calls once, as soon as nothing holds the page. */
export function whenReleased(then: () => void): void {
  if (holders === 0) {
    then()
    return
  }
  const stop = subscribe(() => {
    if (holders > 0) return
    stop()
    // What held the page may still be asking before it is left.
    setTimeout(then)
  })
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function change(by: 1 | -1): void {
  holders += by
  for (const listener of [...listeners]) listener()
}
