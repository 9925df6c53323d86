import { mayDo, type Permission, type Role } from '../organizations/roles.ts'

/** What a request asks of the gate. */
export interface Asked {
  /** SHA-256 of the secret that was sent, base64url. */
  readonly secretHash: string
  /** What its route needs. */
  readonly permission: Permission
  /** The client's address, kept as the key's last use if the request is admitted. */
  readonly address: string
}

/** A key as the database has it at the moment of the verdict. */
export interface FoundKey {
  readonly keyId: string
  readonly organizationId: string
  readonly memberId: string
  readonly userId: string
  /** The current role of the membership the key was made under; null when that membership is gone. */
  readonly role: string | null
  readonly expiresAt: number | null
  readonly revokedAt: number | null
  /** Which of the key's secrets was sent. */
  readonly secretNumber: number
  /** When that secret ends, if it was rotated away from. */
  readonly secretEndsAt: number | null
}

/** The day a request counts on and the quota that holds for it. */
export interface Count {
  /** UTC, `2026-01-31` */
  readonly day: string
  /** The database's time of the verdict. */
  readonly now: number
  readonly quota: number
  /** Admitted that day, this request included if it was admitted. */
  readonly used: number
}

export interface Admitted {
  readonly admitted: true
  readonly key: FoundKey & { readonly role: Role }
  readonly count: Count
}

export type Refusal =
  | { readonly code: 'invalid_key' }
  | { readonly code: 'key_revoked' | 'key_expired' | 'secret_ended' | 'key_owner_left'; readonly key: FoundKey }
  | {
      readonly code: 'missing_permission'
      readonly key: FoundKey & { readonly role: Role }
      readonly permission: Permission
      /** The gate tells it, since the key is a valid one; nothing was counted. */
      readonly count?: Count
    }
  | { readonly code: 'quota_exceeded'; readonly key: FoundKey & { readonly role: Role }; readonly count: Count }

export type Refused = { readonly admitted: false } & Refusal

export type Verdict = Admitted | Refused

/**
 * Whether a key may make a request, the quota aside: undefined if it may, else why not. In the order the contract states: the
 * key itself (401), then the permission (403). A key expires at `expiresAt` and a secret ends at `secretEndsAt`, not after it.
 */
export function refuse(key: FoundKey | undefined, permission: Permission, now: number): Refused | undefined {
  if (key === undefined) return { admitted: false, code: 'invalid_key' }
  if (key.revokedAt !== null) return { admitted: false, code: 'key_revoked', key }
  if (key.expiresAt !== null && key.expiresAt <= now) return { admitted: false, code: 'key_expired', key }
  if (key.secretEndsAt !== null && key.secretEndsAt <= now) return { admitted: false, code: 'secret_ended', key }
  if (!hasRole(key)) return { admitted: false, code: 'key_owner_left', key }
  if (!mayDo(key.role, permission)) return { admitted: false, code: 'missing_permission', key, permission }
  return undefined
}

function hasRole(key: FoundKey): key is FoundKey & { role: Role } {
  return key.role !== null
}
