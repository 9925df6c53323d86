import { type Database, readClock } from '../database/database.ts'
import { readMember } from './member.ts'
import { afterCursor, defaultLimit, type PageAsked, toPage } from './page.ts'

/** The pending invitations of an organization, oldest first. Throws `not_found`, `missing_permission`. */
export async function listInvitations(
  database: Database,
  { organizationId, userId }: { readonly organizationId: string; readonly userId: string },
  { limit = defaultLimit, cursor }: PageAsked = {},
) {
  await readMember(database.kysely, { organizationId, userId }, 'members:manage')
  const now = new Date(await readClock(database)).toISOString()
  const rows = await database.kysely
    .selectFrom('invitation')
    .select(['id', 'email', 'role', 'createdAt', 'expiresAt', 'inviterId as invitedBy'])
    .where('organizationId', '=', organizationId)
    .where('expiresAt', '>', now)
    .where(afterCursor('invitation', cursor))
    .orderBy('createdAt')
    .orderBy('id')
    .limit(limit + 1)
    .execute()
  return toPage(rows, limit)
}
