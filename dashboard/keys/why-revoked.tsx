import { reasonNames } from '../reasons.ts'
import type { Key } from './key.ts'

/** The reason that was told with a revoke; nothing where none was. */
export function WhyRevoked({ shownKey: { revokedReason, revokedNote } }: { readonly shownKey: Key }) {
  if (revokedReason === null) return null
  return (
    <span className="block max-w-40 text-[0.8125rem] text-soft">
      {revokedNote === null ? reasonNames[revokedReason] : <bdi>{revokedNote}</bdi>}
    </span>
  )
}
