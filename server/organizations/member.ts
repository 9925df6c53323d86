import type { Kysely, Transaction } from 'kysely'
import type { Tables } from '../database/tables.ts'
import { LeafPadError } from '../errors.ts'
import { mayDo, type Permission, type Role } from './roles.ts'

/** A user in an organization, as read from the database for this very request. */
export interface Member {
  /** The row of the membership; being removed and added again makes another. */
  readonly id: string
  readonly userId: string
  readonly organizationId: string
  readonly role: Role
}

/** Who makes a request: a member, by a key or by the dashboard's session. */
export interface Actor {
  readonly member: Member
  /** The key that was sent; null for a session. */
  readonly keyId: string | null
  /** Which of that key's secrets. */
  readonly secretNumber: number | null
  /**
   * Checks the credential once more inside the transaction that writes, and keeps what it found from changing until that
   * transaction ends. Throws a LeafPadError when the credential no longer allows `permission`: 401 or 403 for a key, 403 or 404 for a session.
   */
  recheck(transaction: Transaction<Tables>, permission: Permission): Promise<void>
}

/** The membership of a user in an organization, or undefined. */
export async function findMember(
  kysely: Kysely<Tables>,
  of: { readonly userId: string; readonly organizationId: string },
): Promise<Member | undefined> {
  const row = await kysely
    .selectFrom('member')
    .select(['id', 'userId', 'organizationId', 'role'])
    .where('userId', '=', of.userId)
    .where('organizationId', '=', of.organizationId)
    .executeTakeFirst()
  return row as Member | undefined
}

/**
 * The membership of a user in an organization, for something that needs `permission`. Throws `not_found` for who is no member,
 * exactly as for an organization that does not exist, and `missing_permission` for a role that may not.
 */
export async function readMember(
  kysely: Kysely<Tables>,
  of: { readonly userId: string; readonly organizationId: string },
  permission: Permission,
): Promise<Member> {
  const member = await findMember(kysely, of)
  if (member === undefined) throw noMember()
  if (!mayDo(member.role, permission)) throw missingPermission(permission, member.role)
  return member
}

/**
 * Checks a membership once more inside the transaction that writes, and keeps it and its role from changing until that
 * transaction ends. Throws as readMember does.
 */
export async function recheckMember(transaction: Transaction<Tables>, member: Member, permission: Permission): Promise<void> {
  const row = await transaction.selectFrom('member').select('role').where('id', '=', member.id).forNoKeyUpdate().executeTakeFirst()
  if (row === undefined) throw noMember()
  if (!mayDo(row.role, permission)) throw missingPermission(permission, row.role)
}

/** The one answer to who is no member of an organization, and to who names one that does not exist. */
export function noMember(): LeafPadError {
  return new LeafPadError('not_found', { detail: 'There is no such organization, or you are no member of it.' })
}

/** The answer to who lacks a permission: names it, and the role that lacks it. */
export function missingPermission(permission: Permission, role: string): LeafPadError {
  return new LeafPadError('missing_permission', {
    detail: `This needs the permission ${permission}, which the role ${role} does not have. An owner or admin of the organization can change the role.`,
    members: { permission, role },
  })
}
