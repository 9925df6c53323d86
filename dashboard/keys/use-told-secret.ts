import { useEffect, useState } from 'react'
import { flushSync } from 'react-dom'
import { useHold } from '../hold.ts'
import type { Key } from './key.ts'

/** What the server told this once: the key, and its new secret for as long as this page shows it. */
export interface ToldSecret {
  readonly key: Key
  /** Null: it was forgotten because the page was left. */
  readonly secret: string | null
}

/**
 * Where a dialog keeps a secret that it was told. It is in the state of that component alone, and goes with it, or when the page is put
 * away with a chance of coming back. Neither the dialog nor, above all, a secret goes because another tab has switched the
 * organization or signed out.
 */
export function useToldSecret() {
  const [told, setTold] = useState<ToldSecret>()
  useHold(true)
  useEffect(() => {
    // Now, and not when React comes to it: the page may be frozen in the next moment.
    const forget = () => flushSync(() => setTold((was) => was && { ...was, secret: null }))
    window.addEventListener('pagehide', forget)
    return () => window.removeEventListener('pagehide', forget)
  }, [])
  return [told, setTold] as const
}
