import type { Database } from '../database/database.ts'
import { readMember } from './member.ts'
import { afterCursor, defaultLimit, type PageAsked, toPage } from './page.ts'

/** The members of an organization, oldest first. Throws `not_found` for who is no member. */
export async function listMembers(
  database: Database,
  { organizationId, userId }: { readonly organizationId: string; readonly userId: string },
  { limit = defaultLimit, cursor }: PageAsked = {},
) {
  await readMember(database.kysely, { organizationId, userId }, 'members:read')
  const rows = await database.kysely
    .selectFrom('member')
    .innerJoin('user', 'user.id', 'member.userId')
    .select(['member.id', 'member.userId', 'user.name', 'user.email', 'member.role', 'member.createdAt'])
    .where('member.organizationId', '=', organizationId)
    .where(afterCursor('member', cursor))
    .orderBy('member.createdAt')
    .orderBy('member.id')
    .limit(limit + 1)
    .execute()
  return toPage(rows, limit)
}
