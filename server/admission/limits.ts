import { isInNetworks } from '../networks.ts'
import type { Permission } from '../organizations/roles.ts'

const dayMs = 86_400_000

/** What a key is held to beside its owner's role: by who generated it, and by the policy of its organization as it is now. */
export interface Limits {
  /** The permissions it may use of its owner's, separated by spaces; null: all. */
  readonly permissions: string | null
  /** Where it may be used from: networks separated by spaces; null: anywhere. */
  readonly networks: string | null
  readonly createdAt: number
  /** Since when it has not been used: the last use, else when it was made or an idle block was lifted. */
  readonly idleSince: number
  /** The policy: how long after its creation a key may expire at most; null: as late as it likes. */
  readonly maxLifetimeDays: number | null
  /** Whether every key must expire: 1 or 0. Where there is a longest lifetime, every key must. */
  readonly needsExpiry: number
  /** After how many days without use a key is blocked; null: never. */
  readonly maxIdleDays: number | null
  /** Where every key may be used from; null: anywhere. */
  readonly policyNetworks: string | null
}

/** Since when a key has not been used, from when it was made, an idle block was lifted, and it was last used. */
export function idleSince(createdAt: number, idleLiftedAt: number | null, lastUsedAt: number | undefined): number {
  return Math.max(createdAt, idleLiftedAt ?? 0, lastUsedAt ?? 0)
}

export const blockReasons = ['no_expiry', 'lifetime', 'idle'] as const

/** Which rule of the policy a key breaks. */
export type BlockReason = (typeof blockReasons)[number]

type Rules = Pick<Limits, 'permissions' | 'networks' | 'maxLifetimeDays' | 'needsExpiry' | 'maxIdleDays' | 'policyNetworks'>

/** Whether anything is limited at all; for most keys nothing is. */
export function isLimited({ permissions, networks, maxLifetimeDays, needsExpiry, maxIdleDays, policyNetworks }: Rules): boolean {
  return (
    permissions !== null ||
    networks !== null ||
    maxLifetimeDays !== null ||
    needsExpiry === 1 ||
    maxIdleDays !== null ||
    policyNetworks !== null
  )
}

/** Which rule of its organization's policy, as it is now, a key breaks at `now`, and is blocked by as long as it does; undefined: none. */
export function blockedBy(
  limits: Pick<Limits, 'createdAt' | 'idleSince' | 'maxLifetimeDays' | 'needsExpiry' | 'maxIdleDays'>,
  expiresAt: number | null,
  now: number,
): BlockReason | undefined {
  const { createdAt, idleSince, maxLifetimeDays, needsExpiry, maxIdleDays } = limits
  if (expiresAt === null && (needsExpiry === 1 || maxLifetimeDays !== null)) return 'no_expiry'
  if (expiresAt !== null && maxLifetimeDays !== null && expiresAt - createdAt > maxLifetimeDays * dayMs) return 'lifetime'
  if (maxIdleDays !== null && now - idleSince >= maxIdleDays * dayMs) return 'idle'
  return undefined
}

/** Whose networks an address is not in; undefined: it is in all that there are. */
export function outsideOf({ networks, policyNetworks }: Limits, address: string): 'key' | 'policy' | undefined {
  if (networks !== null && !isInNetworks(networks, address)) return 'key'
  return policyNetworks !== null && !isInNetworks(policyNetworks, address) ? 'policy' : undefined
}

/** Whether a key's own list has a permission. */
export function mayUse({ permissions }: Pick<Limits, 'permissions'>, permission: Permission): boolean {
  return permissions === null || permissions.split(' ').includes(permission)
}
