import { parseNetworks } from '../networks.ts'
import { type Member, missingPermission } from '../organizations/member.ts'
import { type keyPermissions, mayDo } from '../organizations/roles.ts'

export type KeyPermission = (typeof keyPermissions)[number]

/** How much narrower than its owner a key is to be; nothing: not at all. */
export interface AskedLimits {
  readonly permissions?: readonly KeyPermission[] | undefined
  readonly networks?: readonly string[] | undefined
}

/**
 * What a key of a member is held to, as it is kept. Every key may tell about itself. Throws `missing_permission` for one that the member
 * does not have, `invalid_body` for what is no network.
 */
export function narrowKey(
  { permissions, networks }: AskedLimits,
  { role }: Member,
): { permissions: string | null; networks: string | null } {
  for (const permission of permissions ?? []) if (!mayDo(role, permission)) throw missingPermission(permission, role)
  return {
    permissions: permissions === undefined ? null : ['me:read', ...new Set(permissions)].sort().join(' '),
    networks: networks === undefined ? null : parseNetworks(networks),
  }
}
