import { reasonNames } from '../reasons.ts'
import type { Key } from './key.ts'

/** Why a key is revoked; undefined: it is not, or that was not told. */
export function revokedText({ revokedReason, revokedBy }: Pick<Key, 'revokedReason' | 'revokedBy'>): string | undefined {
  if (revokedReason === null) return undefined
  // Somebody found the secret and said so: nobody who is known here revoked it.
  return revokedReason === 'exposed' && revokedBy === null ? 'Reported as leaked' : reasonNames[revokedReason]
}

const blockedTexts: Readonly<Record<NonNullable<Key['blockReason']>, string>> = {
  no_expiry: 'Must expire: set an expiry.',
  lifetime: 'Lives too long: shorten its expiry.',
  idle: 'Unused for too long: an admin can lift the block.',
}

/** Which rule of the policy blocks a key, and what mends it; undefined: it is not. */
export function blockedText({ blockReason }: Pick<Key, 'blockReason'>): string | undefined {
  return blockReason === null ? undefined : blockedTexts[blockReason]
}
