import type { Transaction } from 'kysely'
import type { By } from '../audit/origin.ts'
import { writeEntry } from '../audit/write-entry.ts'
import { type Database, readClock } from '../database/database.ts'
import type { Tables } from '../database/tables.ts'
import { type AskedExpiry, invalidExpiry, parseExpiry } from './expiry.ts'
import { instant } from './key-answer.ts'
import type { LockedKey } from './lock-key.ts'
import { requireLiveKey } from './require-live-key.ts'

/**
 * Makes a live key expire earlier than it would; asked for the instant that is set already, it changes nothing. Throws
 * `key_not_live` for a dead one, `invalid_expiry` for an instant that is not in the future or later than the one that is set.
 */
export async function shortenExpiry(
  database: Database,
  transaction: Transaction<Tables>,
  by: By,
  key: LockedKey,
  asked: AskedExpiry,
): Promise<void> {
  // Read with the lock held: the key must be live when the expiry is set, not when it was asked for.
  const now = await readClock(database, transaction)
  await requireLiveKey(transaction, key, now)
  const expiresAt = parseExpiry(asked, now)
  if (expiresAt === null || (key.expiresAt !== null && expiresAt > key.expiresAt)) {
    const latest = key.expiresAt === null ? '' : ` This key expires at ${instant(key.expiresAt)}; write an instant before that.`
    throw invalidExpiry(`An expiry can be made earlier, never later.${latest} For more time, generate another key.`)
  }
  if (expiresAt === key.expiresAt) return
  await transaction.updateTable('key').set({ expiresAt }).where('id', '=', key.id).execute()
  await writeEntry(database, transaction, by, {
    organizationId: key.organizationId,
    action: 'key.expiry_shortened',
    targetId: key.id,
    details: { expiresAt: { from: key.expiresAt === null ? null : instant(key.expiresAt), to: instant(expiresAt) } },
  })
}
