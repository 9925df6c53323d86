import type { Transaction } from 'kysely'
import type { Origin } from '../audit/origin.ts'
import type { Tables } from '../database/tables.ts'
import { type Member, missingPermission, noMember } from '../organizations/member.ts'
import { mayDo, type Role } from '../organizations/roles.ts'

/** A user in an organization, and the request they ask by. */
export interface Who {
  readonly userId: string
  readonly organizationId: string
  readonly origin?: Origin | undefined
}

/**
 * Who acts, with the role they have now. Neither changes, and nobody else locks the membership, until the transaction ends. Throws `not_found` for who is no member, exactly as for an organization that does not exist.
 */
export async function lockMember(transaction: Transaction<Tables>, who: Who): Promise<Member> {
  const row = await transaction
    .selectFrom('member')
    .select(['id', 'userId', 'organizationId', 'role'])
    .where('userId', '=', who.userId)
    .where('organizationId', '=', who.organizationId)
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (row === undefined) throw noMember()
  if (!mayDo(row.role, 'keys:own')) throw missingPermission('keys:own', row.role)
  return { ...row, role: row.role as Role }
}
