import { writeEntry } from '../audit/write-entry.ts'
import type { Config } from '../config.ts'
import { type Database, readClock } from '../database/database.ts'
import { LeafPadError } from '../errors.ts'
import { readKeyAnswer } from './key-answer.ts'
import { listLiveSecrets } from './list-live-secrets.ts'
import { lockKey } from './lock-key.ts'
import type { Who } from './lock-member.ts'
import type { KeyAnswer } from './schema.ts'

/**
 * Ends a secret of a key that was rotated away from: once this resolves, no request that begins later is let in by it, and no write that
 * was let in earlier by it appears any more. One that has ended stays as it is. Throws `not_found` for a key the user may not change or
 * a secret it never had, `newest_secret` for the one that is to stay.
 */
export async function endOldSecret(
  { database, config }: { readonly database: Database; readonly config: Config },
  who: Who,
  keyId: string,
  number: number,
): Promise<KeyAnswer> {
  return database.kysely.transaction().execute(async (transaction) => {
    const key = await lockKey(transaction, who, keyId)
    const now = await readClock(database, transaction)
    const live = await listLiveSecrets(transaction, [key.id], now)
    const newest = live[0]!.number
    if (number < 1 || number > newest) throw new LeafPadError('not_found')
    if (number === newest) {
      throw new LeafPadError('newest_secret', {
        detail: 'This is the newest secret of the key. Rotate the key to replace it, or revoke the key.',
      })
    }
    if (live.some((secret) => secret.number === number)) {
      await transaction.updateTable('secret').set({ endsAt: now }).where('keyId', '=', key.id).where('number', '=', number).execute()
      const about = { organizationId: who.organizationId, targetId: key.id }
      await writeEntry(database, transaction, who, { ...about, action: 'key.secret_ended', details: { secretNumber: number } })
    }
    return readKeyAnswer(transaction, key.id, now, config.dailyQuota)
  })
}
