import { writeEntry } from '../audit/write-entry.ts'
import { type Database, readClock } from '../database/database.ts'
import { LeafPadError } from '../errors.ts'
import { writeNotice } from '../notices/write-notice.ts'
import { missingPermission, readMember } from '../organizations/member.ts'
import { readUserName } from '../organizations/read-user-name.ts'
import { mayDo } from '../organizations/roles.ts'
import { lockMember, type Who } from './lock-member.ts'
import type { Revocation } from './revocation-reason.ts'

/**
 * Revokes all keys of a membership that are not revoked yet, and tells how many there were; for each, what holds for revokeKey. Those that
 * have expired too, so that the list says the same of all. A membership that is gone may have keys. Throws `missing_permission`, and
 * `not_found` for what is no membership and never had a key here.
 */
export async function revokeMemberKeys(
  database: Database,
  who: Who,
  memberId: string,
  { reason, note }: Revocation = { reason: null, note: null },
): Promise<number> {
  const { organizationId, userId } = who
  return database.kysely.transaction().execute(async (transaction) => {
    await readMember(transaction, who, 'keys:all')
    // By id, like all who lock several keys.
    const keys = await transaction
      .selectFrom('key')
      .select(['id', 'userId'])
      .where('organizationId', '=', organizationId)
      .where('memberId', '=', memberId)
      .where('revokedAt', 'is', null)
      .orderBy('id')
      .forNoKeyUpdate()
      .execute()
    if (keys.length === 0) {
      const member = await transaction
        .selectFrom('member')
        .select('id')
        .where('id', '=', memberId)
        .where('organizationId', '=', organizationId)
        .unionAll(
          transaction.selectFrom('key').select('id').where('memberId', '=', memberId).where('organizationId', '=', organizationId).limit(1),
        )
        .executeTakeFirst()
      if (member === undefined) throw new LeafPadError('not_found', { detail: 'There is no such member, nor a key of one.' })
      return 0
    }
    const { role } = await lockMember(transaction, who)
    if (!mayDo(role, 'keys:all')) throw missingPermission('keys:all', role)
    const now = await readClock(database, transaction)
    const revoked = { revokedAt: now, revokedBy: userId, revokedReason: reason, revokedNote: note }
    const ids = keys.map(({ id }) => id)
    await transaction.updateTable('key').set(revoked).where('id', 'in', ids).execute()
    for (const targetId of ids) {
      await writeEntry(database, transaction, who, { organizationId, action: 'key.revoked', targetId, details: { reason, note } })
    }
    // All are one member's.
    const ownerId = keys[0]!.userId
    if (ownerId !== userId) {
      const facts = { count: ids.length, by: await readUserName(transaction, userId), reason, note }
      await writeNotice(transaction, now, {
        ...{ kind: 'keys_revoked', facts, to: { userId: ownerId }, organizationId, once: `${memberId} ${now}` },
      })
    }
    return ids.length
  })
}
