import type { Generated } from 'kysely'
import type { RevocationReason } from './revocation-reason.ts'

export interface KeyTables {
  key: KeyTable
  secret: SecretTable
}

/** A key: what its secrets stand for. Rows stay when a key is revoked. */
export interface KeyTable {
  /** `key_…` */
  id: string
  organizationId: string
  /** The membership it was made under. No foreign key: when that row goes, the key is dead but still listed. */
  memberId: string
  /** Who made it. No foreign key, for the same reason. */
  userId: string
  name: string
  createdAt: number
  /** The instant from which it is refused; null: never. */
  expiresAt: number | null
  revokedAt: number | null
  /** The user who revoked it. */
  revokedBy: string | null
  /** Why, as far as that was told. */
  revokedReason: RevocationReason | null
  /** The same in words of one's own. */
  revokedNote: string | null
  /** The permissions it may use of its owner's, separated by spaces; null: all. */
  permissions: string | null
  /** The networks it may be used from, separated by spaces; null: anywhere. */
  networks: string | null
  /** When an admin last lifted a block for want of use. */
  idleLiftedAt: number | null
}

/** A secret of a key: only its hash. A key has at most two that are live; rows stay when they end. */
export interface SecretTable {
  /** SHA-256 of the whole secret, base64url without padding: 43 characters. */
  hash: string
  keyId: string
  lastFour: string
  /** The key's first secret is 1; each rotation makes a higher one. Of two live ones one is odd and the other even. */
  number: Generated<number>
  createdAt: number
  /** The instant from which it is refused; null: as long as the key is live. */
  endsAt: number | null
}
