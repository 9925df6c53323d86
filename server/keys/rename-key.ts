import type { Transaction } from 'kysely'
import type { By } from '../audit/origin.ts'
import { writeEntry } from '../audit/write-entry.ts'
import type { Database } from '../database/database.ts'
import type { Tables } from '../database/tables.ts'
import { parseKeyName } from './key-name.ts'
import type { LockedKey } from './lock-key.ts'

/** Gives a key another name; a dead one too. Throws `invalid_body` for a name that cannot be. */
export async function renameKey(
  database: Database,
  transaction: Transaction<Tables>,
  by: By,
  { id, organizationId, name: from }: LockedKey,
  newName: string,
): Promise<void> {
  const name = parseKeyName(newName)
  if (name === from) return
  await transaction.updateTable('key').set({ name }).where('id', '=', id).execute()
  await writeEntry(database, transaction, by, {
    organizationId,
    action: 'key.renamed',
    targetId: id,
    details: { name: { from, to: name } },
  })
}
