import type { Database } from '../database/database.ts'
import { noMember } from './member.ts'

/** Makes an organization the active one of a session. Throws `not_found` for who is no member of it. */
export async function activateOrganization(
  database: Database,
  { sessionId, userId, organizationId }: { readonly sessionId: string; readonly userId: string; readonly organizationId: string },
): Promise<void> {
  const updated = await database.kysely
    .updateTable('session')
    .set({ activeOrganizationId: organizationId })
    .where('id', '=', sessionId)
    .where('userId', '=', userId)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('member').select('member.id').where('member.userId', '=', userId).where('member.organizationId', '=', organizationId),
      ),
    )
    .executeTakeFirstOrThrow()
  if (updated.numUpdatedRows === 0n) throw noMember()
}
