import type { KeyStatus } from './key.ts'

/** What the address says of the list: which keys, and what is searched for in them. */
export interface KeysSearch {
  readonly status?: KeyStatus
  /** A membership. */
  readonly member?: string
  readonly expires?: keyof typeof expiryNames
  readonly used?: keyof typeof useNames
  readonly q?: string
}

export const statusNames: Readonly<Record<KeyStatus, string>> = {
  active: 'Active',
  blocked: 'Blocked',
  expired: 'Expired',
  revoked: 'Revoked',
  owner_left: 'Owner left',
}

export const expiryNames = { never: 'Never', 'within-14-days': 'Within 14 days' } as const

export const useNames = { 'not-for-30-days': 'Not for 30 days' } as const

/** Words to search for, with no more of a secret than its last four characters: they go into the address. */
export function withoutSecrets(words: string): string {
  return words.replace(/leafpad_[0-9A-Za-z]+([0-9A-Za-z]{4})/g, '$1')
}

/** Takes what it knows; an address of another making leads to the whole list. */
export function keysSearch(search: Record<string, unknown>): KeysSearch {
  const { status, member, expires, used, q } = search
  // The address 'q=2026' is read as a number.
  const words = typeof q === 'string' || typeof q === 'number' || typeof q === 'boolean' ? String(q) : ''
  return {
    ...(isNameIn(statusNames, status) && { status }),
    ...(typeof member === 'string' && /^[0-9A-Za-z_-]{1,64}$/.test(member) && { member }),
    ...(isNameIn(expiryNames, expires) && { expires }),
    ...(isNameIn(useNames, used) && { used }),
    ...(words !== '' && { q: withoutSecrets(words).slice(0, 100) }),
  }
}

function isNameIn<Names extends object>(names: Names, name: unknown): name is keyof Names {
  return typeof name === 'string' && Object.hasOwn(names, name)
}
