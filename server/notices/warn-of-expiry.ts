import { setImmediate } from 'node:timers/promises'
import { type Database, readClock } from '../database/database.ts'
import { writeNotices } from './write-notice.ts'

const dayMs = 86_400_000

/** How many days before its expiry the owner of a key is warned, the last first. */
const warnedAtDays = [1, 3, 14] as const

/** A key that nobody has used for as long is nobody's loss. */
const usedWithinMs = 30 * dayMs

const keysAtOnce = 200

/**
 * Has the owners told of keys that are in use and expire within 14, 3 and 1 days; of each once, whichever of the servers looks. A key that
 * was made for less than so many days is no surprise. Writes nothing where all is told.
 * @param isStopped asked now and then; true ends it early
 */
export async function warnOfExpiry(database: Database, isStopped: () => boolean = () => false): Promise<void> {
  const now = await readClock(database)
  let after = { expiresAt: now, id: '' }
  while (!isStopped()) {
    const keys = await listExpiring(database, now, after)
    const used = await usedSince(
      database,
      keys.map(({ id }) => id),
      now - usedWithinMs,
    )
    const warnings = keys.flatMap(({ id: keyId, userId, organizationId, createdAt, expiresAt }) => {
      const days = warnedAtDays.find((days) => expiresAt! - now <= days * dayMs)!
      if (!used.has(keyId) || expiresAt! - createdAt <= days * dayMs) return []
      const once = `${expiresAt} ${days}`
      return [{ kind: 'key_expires', facts: { days }, to: { userId }, organizationId, keyId, once, endsAt: expiresAt! } as const]
    })
    // At once, so that one mail can tell all that is found of a person's keys.
    await writeNotices(database, now, warnings)
    const last = keys.at(-1)
    if (last === undefined || keys.length < keysAtOnce) return
    after = { expiresAt: last.expiresAt!, id: last.id }
    // The embedded database answers at once: without a pause, nobody else would be served before the end.
    await setImmediate()
  }
}

/** Keys of members that expire within the longest of the times, the next first. */
function listExpiring({ kysely }: Database, now: number, after: { readonly expiresAt: number; readonly id: string }) {
  return (
    kysely
      .selectFrom('key')
      // Whose membership is gone, their keys are dead.
      .innerJoin('member', 'member.id', 'key.memberId')
      .select(['key.id', 'key.userId', 'key.organizationId', 'key.createdAt', 'key.expiresAt'])
      .where('key.revokedAt', 'is', null)
      .where('key.expiresAt', 'is not', null)
      .where('key.expiresAt', '<=', now + Math.max(...warnedAtDays) * dayMs)
      .where(({ eb, refTuple, tuple }) => eb(refTuple('key.expiresAt', 'key.id'), '>', tuple(after.expiresAt, after.id)))
      .orderBy('key.expiresAt')
      .orderBy('key.id')
      .limit(keysAtOnce)
      .execute()
  )
}

/** Those of some keys that were used after an instant. */
async function usedSince({ kysely }: Database, keyIds: readonly string[], since: number): Promise<Set<string>> {
  if (keyIds.length === 0) return new Set()
  const used = await kysely
    .selectFrom('usage')
    .select('keyId')
    .where('keyId', 'in', keyIds)
    .where(({ eb, or }) => or([eb('oddUsedAt', '>', since), eb('evenUsedAt', '>', since)]))
    .union(
      kysely
        .selectFrom('tally')
        .select('keyId')
        .where('keyId', 'in', keyIds)
        .where(({ eb, or }) => or([eb('oddUsedAt', '>', since), eb('evenUsedAt', '>', since)])),
    )
    .execute()
  return new Set(used.map(({ keyId }) => keyId))
}
