/** The roles a member can have, most powerful first. */
export const roles = ['owner', 'admin', 'member', 'viewer'] as const

export type Role = (typeof roles)[number]

/** Who may do what. The only place that says so. */
const permissions = {
  'documents:read': ['owner', 'admin', 'member', 'viewer'],
  'documents:write': ['owner', 'admin', 'member'],
  'keys:own': ['owner', 'admin', 'member', 'viewer'],
  'keys:all': ['owner', 'admin'],
  'members:read': ['owner', 'admin', 'member', 'viewer'],
  'members:manage': ['owner', 'admin'],
  'organization:update': ['owner', 'admin'],
  'organization:delete': ['owner'],
} as const satisfies Record<string, readonly Role[]>

export type Permission = keyof typeof permissions

export const allPermissions = Object.keys(permissions) as Permission[]

/** Whether a role has a permission; false for a word that is no role. */
export function mayDo(role: string, permission: Permission): boolean {
  return rolesThatMay(permission).includes(role)
}

/** The roles that have a permission, most powerful first. */
export function rolesThatMay(permission: Permission): readonly string[] {
  return permissions[permission]
}
