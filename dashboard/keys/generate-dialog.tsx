import { useEffect, useState } from 'react'
import { flushSync } from 'react-dom'
import { useHold } from '../hold.ts'
import { GenerateForm } from './generate-form.tsx'
import type { Key } from './key.ts'
import { ShownOnce } from './shown-once.tsx'

/** The key that was made, and its secret for as long as this page shows it. */
interface Generated {
  readonly key: Key
  readonly secret: string | null
}

/**
 * Asks for a key and shows its secret. The secret is in the state of this component alone, and goes with it, or when the page is
 * put away with a chance of coming back.
 */
export function GenerateDialog({ onClose }: { readonly onClose: () => void }) {
  const [generated, setGenerated] = useState<Generated>()
  // Neither the form nor, above all, a secret goes because another tab has switched the organization or signed out.
  useHold(true)

  useEffect(() => {
    // Now, and not when React comes to it: the page may be frozen in the next moment.
    const forget = () => flushSync(() => setGenerated((was) => was && { ...was, secret: null }))
    window.addEventListener('pagehide', forget)
    return () => window.removeEventListener('pagehide', forget)
  }, [])

  if (generated === undefined) return <GenerateForm onGenerated={setGenerated} onClose={onClose} />
  return <ShownOnce generatedKey={generated.key} secret={generated.secret} onClose={onClose} />
}
