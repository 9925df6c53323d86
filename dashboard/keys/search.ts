import type { KeyStatus } from './key.ts'

/** What the address says of the list: which keys, and what is searched for in them. */
export interface KeysSearch {
  readonly status?: KeyStatus
  /** A membership. */
  readonly member?: string
  readonly q?: string
}

export const statusNames: Readonly<Record<KeyStatus, string>> = {
  active: 'Active',
  blocked: 'Blocked',
  expired: 'Expired',
  revoked: 'Revoked',
  owner_left: 'Owner left',
}

/** Takes what it knows; an address of another making leads to the whole list. */
export function keysSearch(search: Record<string, unknown>): KeysSearch {
  const { status, member, q } = search
  // The address 'q=2026' is read as a number.
  const words = typeof q === 'string' || typeof q === 'number' || typeof q === 'boolean' ? String(q) : ''
  return {
    ...(isStatus(status) && { status }),
    ...(typeof member === 'string' && /^[0-9A-Za-z_-]{1,64}$/.test(member) && { member }),
    ...(words !== '' && { q: words.slice(0, 100) }),
  }
}

function isStatus(status: unknown): status is KeyStatus {
  return typeof status === 'string' && Object.hasOwn(statusNames, status)
}
