import type { Transaction } from 'kysely'
import type { Tables } from '../database/tables.ts'
import { parseKeyName } from './key-name.ts'
import type { LockedKey } from './lock-key.ts'

/** Gives a key another name; a dead one too. Throws `invalid_body` for a name that cannot be. */
export async function renameKey(transaction: Transaction<Tables>, { id }: LockedKey, newName: string): Promise<void> {
  const name = parseKeyName(newName)
  await transaction.updateTable('key').set({ name }).where('id', '=', id).execute()
}
