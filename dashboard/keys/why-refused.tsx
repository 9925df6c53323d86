import type { Key } from './key.ts'
import { blockedText, revokedText } from './refused-text.ts'

/** Why a key is revoked or blocked, and what mends it; nothing where it is neither or that was not told. */
export function WhyRefused({ shownKey: key }: { readonly shownKey: Key }) {
  const text = key.revokedNote === null ? (revokedText(key) ?? blockedText(key)) : <bdi>{key.revokedNote}</bdi>
  return text && <span className="block max-w-40 min-w-24 text-[0.8125rem] text-soft">{text}</span>
}
