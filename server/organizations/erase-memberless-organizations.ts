import type { Database } from '../database/database.ts'
import { eraseOrganization } from './erase-organization.ts'

/**
 * Finishes the deletions of organizations that were begun and not ended: those without members. One that is just being made is none
 * of them, since its owner comes with it in one transaction. An organization that cannot be erased does not keep the others; at the
 * end what kept the first is thrown.
 * @param isStopped asked now and then; true ends it early
 */
export async function eraseMemberlessOrganizations(database: Database, isStopped: () => boolean = () => false): Promise<void> {
  const organizations = await database.kysely
    .selectFrom('organization')
    .select('id')
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('member').select('member.id').whereRef('member.organizationId', '=', 'organization.id'))),
    )
    .execute()
  let failed: { readonly error: unknown } | undefined
  for (const { id } of organizations) {
    if (isStopped()) break
    try {
      await eraseOrganization(database, id)
    } catch (error) {
      failed ??= { error }
    }
  }
  if (failed !== undefined) throw failed.error
}
