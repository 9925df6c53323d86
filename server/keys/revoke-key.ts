import { writeEntry } from '../audit/write-entry.ts'
import type { Config } from '../config.ts'
import { type Database, readClock } from '../database/database.ts'
import { writeNotice } from '../notices/write-notice.ts'
import { readUserName } from '../organizations/read-user-name.ts'
import { readKeyAnswer } from './key-answer.ts'
import { lockKey } from './lock-key.ts'
import type { Who } from './lock-member.ts'
import type { Revocation } from './revocation-reason.ts'
import type { KeyAnswer } from './schema.ts'

/**
 * Revokes a key for good: once this resolves, no request that begins later is let in by it, on any server, and no write that
 * was let in earlier appears any more. The row stays, with when, by whom and why. A key that is revoked already keeps all three.
 * Throws `not_found` for a key the user may not change.
 */
export async function revokeKey(
  { database, config }: { readonly database: Database; readonly config: Config },
  who: Who,
  keyId: string,
  { reason, note }: Revocation = { reason: null, note: null },
): Promise<KeyAnswer> {
  return database.kysely.transaction().execute(async (transaction) => {
    const key = await lockKey(transaction, who, keyId)
    const now = await readClock(database, transaction)
    if (key.revokedAt === null) {
      const revoked = { revokedAt: now, revokedBy: who.userId, revokedReason: reason, revokedNote: note }
      await transaction.updateTable('key').set(revoked).where('id', '=', key.id).execute()
      const { organizationId } = who
      await writeEntry(database, transaction, who, { organizationId, action: 'key.revoked', targetId: key.id, details: { reason, note } })
      if (key.userId !== who.userId) {
        const facts = { by: await readUserName(transaction, who.userId), reason, note }
        await writeNotice(transaction, now, { kind: 'key_revoked', facts, to: { userId: key.userId }, organizationId, keyId: key.id })
      }
    }
    return readKeyAnswer(transaction, key.id, now, config.dailyQuota)
  })
}
