import type { Role } from '../session.ts'

/** What each role is for, most powerful first. The server decides; this only spares people what it would refuse. */
export const roleHints: Readonly<Record<Role, string>> = {
  owner: 'Everything: also makes and removes owners, deletes the organization',
  admin: 'Manages members and everybody’s keys, writes documents',
  member: 'Writes documents, has keys of their own',
  viewer: 'Reads documents, has keys that read',
}

/** How a role is shown. */
export function roleLabel(role: Role): string {
  return role[0]!.toUpperCase() + role.slice(1)
}

/** What somebody of this role is, within a sentence. */
export function aRole(role: Role): string {
  return role === 'owner' || role === 'admin' ? `an ${role}` : `a ${role}`
}

/** Whether a role invites, and changes and removes others. */
export function mayManageMembers(role: Role): boolean {
  return role === 'owner' || role === 'admin'
}

/** Whether a role changes what keys are held to. */
export function mayChangePolicy(role: Role): boolean {
  return role === 'owner' || role === 'admin'
}

/** The roles that somebody of this role can give. */
export function rolesToGive(role: Role): readonly Role[] {
  if (role === 'owner') return ['owner', 'admin', 'member', 'viewer']
  return role === 'admin' ? ['admin', 'member', 'viewer'] : []
}

/** Whether somebody of this role can change or remove one who has `other`. */
export function mayChange(role: Role, other: Role): boolean {
  return rolesToGive(role).includes(other)
}

/** The roles to give, as a choice. */
export function roleOptions(role: Role) {
  return rolesToGive(role).map((value) => ({ value, label: roleLabel(value), hint: roleHints[value] }))
}
