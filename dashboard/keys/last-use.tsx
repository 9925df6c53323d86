import { Instant } from '../design/instant.tsx'
import type { Key } from './key.ts'

/** When and from where a key, or one of its secrets, was last used: `3 minutes ago from 10.0.0.4`. */
export function LastUse({ of: { lastUsedAt, lastUsedAddress } }: { readonly of: Pick<Key, 'lastUsedAt' | 'lastUsedAddress'> }) {
  if (lastUsedAt === null) return <span className="text-soft">Never used</span>
  return (
    <>
      <Instant past at={lastUsedAt} />
      {lastUsedAddress !== null && <> from {lastUsedAddress}</>}
    </>
  )
}
