/** The roles a member can have, most powerful first. */
export const roles = ['owner', 'admin', 'member', 'viewer'] as const

export type Role = (typeof roles)[number]

/** Who may do what. The only place that says so. */
const permissions = {
  'me:read': ['owner', 'admin', 'member', 'viewer'],
  'documents:read': ['owner', 'admin', 'member', 'viewer'],
  'documents:write': ['owner', 'admin', 'member'],
  'keys:own': ['owner', 'admin', 'member', 'viewer'],
  'keys:all': ['owner', 'admin'],
  'members:read': ['owner', 'admin', 'member', 'viewer'],
  'members:manage': ['owner', 'admin'],
  'owners:manage': ['owner'],
  'policy:update': ['owner', 'admin'],
  'organization:update': ['owner', 'admin'],
  'organization:delete': ['owner'],
  'audit:read': ['owner', 'admin'],
} as const satisfies Record<string, readonly Role[]>

export type Permission = keyof typeof permissions

/** What a key can be given, beside telling about itself, which every key may. */
export const keyPermissions = ['documents:read', 'documents:write'] as const satisfies readonly Permission[]

export const allPermissions = Object.keys(permissions) as Permission[]

/** Whether a role has a permission; false for a word that is no role. */
export function mayDo(role: string, permission: Permission): boolean {
  return rolesThatMay(permission).includes(role)
}

/** The roles that have a permission, most powerful first. */
export function rolesThatMay(permission: Permission): readonly string[] {
  return permissions[permission]
}

/**
 * What it takes to give a member a role in place of another, or of none; null stands for no role. Owners are made, demoted and
 * removed by owners alone.
 */
export function permissionToReplaceRole(from: string | null, to: Role | null): Permission {
  return from === 'owner' || to === 'owner' ? 'owners:manage' : 'members:manage'
}
