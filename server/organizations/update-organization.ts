import type { Database } from '../database/database.ts'
import { lockOrganization } from './lock-organization.ts'
import { readMember } from './member.ts'
import { parseName } from './parse-name.ts'

/** Renames an organization. Throws `not_found`, `missing_permission`. */
export async function updateOrganization(
  database: Database,
  { id, userId, name }: { readonly id: string; readonly userId: string; readonly name: string },
): Promise<void> {
  const parsed = parseName(name)
  await database.kysely.transaction().execute(async (transaction) => {
    await lockOrganization(transaction, id)
    await readMember(transaction, { userId, organizationId: id }, 'organization:update')
    await transaction.updateTable('organization').set({ name: parsed }).where('id', '=', id).execute()
  })
}
