import { Badge } from '../design/badge.tsx'
import { expiresSoon } from './expiry.ts'
import type { Key } from './key.ts'
import { statusNames } from './search.ts'

/** The status of a key as the server told it. */
export function KeyBadge({ status, expiresAt, now }: Pick<Key, 'status' | 'expiresAt'> & { readonly now: Date }) {
  if (status !== 'active') return <Badge tone={status === 'expired' ? 'neutral' : 'danger'}>{statusNames[status]}</Badge>
  const soon = expiresSoon(expiresAt, now)
  return soon === undefined ? <Badge tone="good">Active</Badge> : <Badge tone="warning">{soon}</Badge>
}
