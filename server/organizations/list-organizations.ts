import type { Database } from '../database/database.ts'
import { afterCursor, defaultLimit, type PageAsked, toPage } from './page.ts'

/** The organizations a user is a member of, with the role there, oldest first. */
export async function listOrganizations(database: Database, userId: string, { limit = defaultLimit, cursor }: PageAsked = {}) {
  const rows = await database.kysely
    .selectFrom('organization')
    .innerJoin('member', 'member.organizationId', 'organization.id')
    .select(['organization.id', 'organization.name', 'organization.createdAt', 'member.role'])
    .where('member.userId', '=', userId)
    .where(afterCursor('organization', cursor))
    .orderBy('organization.createdAt')
    .orderBy('organization.id')
    .limit(limit + 1)
    .execute()
  return toPage(rows, limit)
}
