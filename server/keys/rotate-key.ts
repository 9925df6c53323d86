import { writeEntry } from '../audit/write-entry.ts'
import type { Config } from '../config.ts'
import { type Database, readClock } from '../database/database.ts'
import { LeafPadError } from '../errors.ts'
import type { EndedSecret } from './ended-secrets.ts'
import { instant, readKeyAnswer } from './key-answer.ts'
import { listLiveSecrets } from './list-live-secrets.ts'
import { lockKey } from './lock-key.ts'
import type { Who } from './lock-member.ts'
import { requireLiveKey } from './require-live-key.ts'
import type { KeyAnswer } from './schema.ts'
import { generateSecret } from './secret.ts'

export interface Rotation {
  /** How long the secret before goes on, 0: not at all; null: until it is ended by hand. */
  readonly oldEndsInSeconds: number | null
  /** Which of two secrets ends now; default: the older. */
  readonly ends?: EndedSecret | undefined
  /** The number of the newest secret that whoever rotates knows of; undefined: whatever there is. */
  readonly newestNumber?: number | undefined
}

/**
 * Makes a new secret for a key and tells it this once. Everything else about the key stays: id, name, owner, expiry, quota and history.
 * Where there are two secrets, the older one ends now, for a key has two live ones at most; or `ends` says the newest does, which nobody has
 * if the answer that told it was lost. Once this resolves, no request that begins later is let in by a secret that ended now, and no write
 * that was let in earlier by it appears.
 *
 * Only who made the key may rotate it, since what the secret may do is theirs. Nothing changes when it throws: `not_found` for a key the
 * user may not see, `not_key_owner`, `key_not_live`, `rotated_meanwhile` for one whose newest secret is newer than `newestNumber`.
 */
export async function rotateKey(
  { database, config }: { readonly database: Database; readonly config: Config },
  who: Who,
  keyId: string,
  { oldEndsInSeconds, ends = 'older', newestNumber }: Rotation,
): Promise<{ key: KeyAnswer; secret: string }> {
  const { secret, hash, lastFour } = generateSecret()
  const key = await database.kysely.transaction().execute(async (transaction) => {
    const key = await lockKey(transaction, who, keyId)
    if (key.userId !== who.userId) {
      throw new LeafPadError('not_key_owner', {
        detail: 'A new secret may do what the owner of the key may do, so only they can make one. What you can do is revoke the key.',
      })
    }
    const now = await readClock(database, transaction)
    await requireLiveKey(transaction, key, now)
    const live = await listLiveSecrets(transaction, [key.id], now)
    const [newest, older] = live
    if (newestNumber !== undefined && newest!.number > newestNumber) {
      throw new LeafPadError('rotated_meanwhile', {
        detail:
          'This key has been rotated since it was looked at. Nothing was done: look at its secrets, then rotate it if that is still wanted.',
        members: { newestNumber: newest!.number },
      })
    }
    const ended = older === undefined ? undefined : ends === 'older' ? older : newest
    const old = older !== undefined && ends === 'newest' ? older : newest!
    const end = (number: number, endsAt: number | null) =>
      transaction.updateTable('secret').set({ endsAt }).where('keyId', '=', key.id).where('number', '=', number).execute()
    if (ended !== undefined) await end(ended.number, now)
    const oldEndsAt = oldEndsInSeconds === null ? null : now + oldEndsInSeconds * 1_000
    await end(old.number, oldEndsAt)
    // Of two live secrets one has an odd number and the other an even one, by which their uses are kept apart.
    const next = newest!.number + 1
    const number = next % 2 === old.number % 2 ? next + 1 : next
    await transaction.insertInto('secret').values({ hash, keyId: key.id, lastFour, number, createdAt: now, endsAt: null }).execute()
    const details = {
      secretNumber: number,
      oldEndsAt: oldEndsAt === null ? null : instant(oldEndsAt),
      endedNumber: ended?.number ?? null,
    }
    const { organizationId } = who
    await writeEntry(database, transaction, who, { organizationId, action: 'key.rotated', targetId: key.id, details })
    return readKeyAnswer(transaction, key.id, now, config.dailyQuota)
  })
  return { key, secret }
}
