import type { Origin } from '../audit/origin.ts'
import { writeEntry } from '../audit/write-entry.ts'
import type { Database } from '../database/database.ts'
import { lockOrganization } from './lock-organization.ts'
import { readMember } from './member.ts'
import { parseName } from './parse-name.ts'

/** Renames an organization; to the name it has, it changes nothing. Throws `not_found`, `missing_permission`. */
export async function updateOrganization(
  database: Database,
  {
    id,
    userId,
    name,
    origin,
  }: { readonly id: string; readonly userId: string; readonly name: string; readonly origin?: Origin | undefined },
): Promise<void> {
  const parsed = parseName(name)
  await database.kysely.transaction().execute(async (transaction) => {
    const { name: from } = await lockOrganization(transaction, id)
    await readMember(transaction, { userId, organizationId: id }, 'organization:update')
    if (parsed === from) return
    await transaction.updateTable('organization').set({ name: parsed }).where('id', '=', id).execute()
    const entry = { organizationId: id, action: 'organization.renamed', targetId: id, details: { name: { from, to: parsed } } } as const
    await writeEntry(database, transaction, { userId, origin }, entry)
  })
}
