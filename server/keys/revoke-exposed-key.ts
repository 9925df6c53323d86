import type { Origin } from '../audit/origin.ts'
import { writeEntry } from '../audit/write-entry.ts'
import { type Database, readClock } from '../database/database.ts'
import { writeNotice } from '../notices/write-notice.ts'
import { mayDo } from '../organizations/roles.ts'

/**
 * Revokes the key of a secret that somebody who should not have it has; one that is live, old or new. Once this resolves, no request that
 * begins later is let in by the key, on any server; its owner is told, and who sees to all keys. Resolves to the key's id; undefined where the secret lets nobody in anyhow.
 */
export async function revokeExposedKey(database: Database, secretHash: string, origin?: Origin): Promise<string | undefined> {
  return database.kysely.transaction().execute(async (transaction) => {
    // The key alone is locked, and first: no order among several rows to keep.
    const key = await transaction
      .selectFrom('key')
      .select(['id', 'organizationId', 'userId', 'expiresAt', 'revokedAt'])
      .where('id', '=', ({ selectFrom }) => selectFrom('secret').select('keyId').where('hash', '=', secretHash))
      .forNoKeyUpdate()
      .executeTakeFirst()
    if (key === undefined || key.revokedAt !== null) return undefined
    const { endsAt } = await transaction.selectFrom('secret').select('endsAt').where('hash', '=', secretHash).executeTakeFirstOrThrow()
    const now = await readClock(database, transaction)
    const isOver = (end: number | null) => end !== null && end <= now
    if (isOver(key.expiresAt) || isOver(endsAt)) return undefined
    await transaction.updateTable('key').set({ revokedAt: now, revokedReason: 'exposed' }).where('id', '=', key.id).execute()
    const { organizationId } = key
    const details = { reason: 'exposed', note: null }
    await writeEntry(database, transaction, { userId: null, origin }, { organizationId, action: 'key.revoked', targetId: key.id, details })
    const members = await transaction
      .selectFrom('member')
      .select(['userId', 'role'])
      .where('organizationId', '=', organizationId)
      .orderBy('id')
      .execute()
    for (const { userId, role } of members) {
      const isOwn = userId === key.userId
      if (!isOwn && !mayDo(role, 'keys:all')) continue
      await writeNotice(transaction, now, { kind: 'key_exposed', facts: { isOwn }, to: { userId }, organizationId, keyId: key.id })
    }
    return key.id
  })
}
