import { writeEntry } from '../audit/write-entry.ts'
import type { Config } from '../config.ts'
import { type Database, readClock } from '../database/database.ts'
import { readMember } from '../organizations/member.ts'
import { readKeyAnswer } from './key-answer.ts'
import { lockKey } from './lock-key.ts'
import type { Who } from './lock-member.ts'
import { requireLiveKey } from './require-live-key.ts'
import type { KeyAnswer } from './schema.ts'

/**
 * Lets a key in again that the policy blocks because it was not used: its days without use count from now. Throws `not_found` for a key
 * the user may not see, `missing_permission` for who is no admin, `key_not_live`.
 */
export async function liftIdleBlock(
  { database, config }: { readonly database: Database; readonly config: Config },
  who: Who,
  keyId: string,
): Promise<KeyAnswer> {
  return database.kysely.transaction().execute(async (transaction) => {
    const key = await lockKey(transaction, who, keyId)
    await readMember(transaction, who, 'keys:all')
    const now = await readClock(database, transaction)
    await requireLiveKey(transaction, key, now)
    await transaction.updateTable('key').set({ idleLiftedAt: now }).where('id', '=', key.id).execute()
    const { organizationId } = key
    await writeEntry(database, transaction, who, { organizationId, action: 'key.idle_block_lifted', targetId: key.id, details: {} })
    return readKeyAnswer(transaction, key.id, now, config.dailyQuota)
  })
}
