import type { Config } from '../config.ts'
import { type Database, readClock } from '../database/database.ts'
import type { AskedExpiry } from './expiry.ts'
import { readKeyAnswer } from './key-answer.ts'
import { lockKey } from './lock-key.ts'
import type { Who } from './lock-member.ts'
import { renameKey } from './rename-key.ts'
import type { KeyAnswer } from './schema.ts'
import { shortenExpiry } from './shorten-expiry.ts'

export interface AskedChanges extends AskedExpiry {
  readonly name?: string
}

/**
 * Renames a key, shortens its expiry, or both: all or nothing. Throws `not_found` for a key the user may not change, and as
 * renameKey and shortenExpiry do.
 */
export async function updateKey(
  { database, config }: { readonly database: Database; readonly config: Config },
  who: Who,
  keyId: string,
  { name, ...expiry }: AskedChanges,
): Promise<KeyAnswer> {
  return database.kysely.transaction().execute(async (transaction) => {
    const key = await lockKey(transaction, who, keyId)
    if (name !== undefined) await renameKey(database, transaction, who, key, name)
    if (expiry.expiresAt !== undefined || expiry.expiresInDays !== undefined) {
      await shortenExpiry(database, transaction, who, key, expiry)
    }
    return readKeyAnswer(transaction, keyId, await readClock(database, transaction), config.dailyQuota)
  })
}
