import { idleSince, isLimited } from './limits.ts'
import type { FoundKey } from './verdict.ts'

/** What both databases are asked of a key, its owner's membership and the policy, in this order. */
export type KeyColumns = [
  keyId: string,
  organizationId: string,
  memberId: string,
  userId: string,
  role: string | null,
  expiresAt: number | null,
  revokedAt: number | null,
  secretNumber: number,
  secretEndsAt: number | null,
  permissions: string | null,
  networks: string | null,
  createdAt: number,
  idleLiftedAt: number | null,
  /** The next four are null where there is no policy. */
  maxLifetimeDays: number | null,
  needsExpiry: number | null,
  maxIdleDays: number | null,
  policyNetworks: string | null,
]

/** @param lastUsedAt of use only where a policy blocks idle keys; undefined: never */
export function toFoundKey(columns: readonly [...KeyColumns, ...unknown[]], lastUsedAt: number | undefined): FoundKey {
  const [
    keyId,
    organizationId,
    memberId,
    userId,
    role,
    expiresAt,
    revokedAt,
    secretNumber,
    secretEndsAt,
    permissions,
    networks,
    createdAt,
    idleLiftedAt,
    maxLifetimeDays,
    needsExpiry,
    maxIdleDays,
    policyNetworks,
  ] = columns
  const rules = { permissions, networks, maxLifetimeDays, needsExpiry: needsExpiry ?? 0, maxIdleDays, policyNetworks }
  const limits = isLimited(rules) ? { ...rules, createdAt, idleSince: idleSince(createdAt, idleLiftedAt, lastUsedAt) } : null
  return { keyId, organizationId, memberId, userId, role, expiresAt, revokedAt, secretNumber, secretEndsAt, limits }
}
