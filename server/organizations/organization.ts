import type { Database } from '../database/database.ts'
import { noMember } from './member.ts'

interface Of {
  readonly id: string
  readonly userId: string
}

/** An organization with a member's role in it, or undefined for who is no member. */
export async function findOrganization(database: Database, { id, userId }: Of) {
  return database.kysely
    .selectFrom('organization')
    .innerJoin('member', 'member.organizationId', 'organization.id')
    .select(['organization.id', 'organization.name', 'organization.createdAt', 'member.role'])
    .where('organization.id', '=', id)
    .where('member.userId', '=', userId)
    .executeTakeFirst()
}

/** As findOrganization, but throws `not_found`. */
export async function readOrganization(database: Database, of: Of) {
  const organization = await findOrganization(database, of)
  if (organization === undefined) throw noMember()
  return organization
}
