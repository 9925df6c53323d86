import { type Database, readClock } from '../database/database.ts'
import { LeafPadError } from '../errors.ts'

/** Puts a notice of a user away, and with it older ones of its kind about the same key. Throws `not_found` for one that is not theirs. */
export async function dismissNotice(database: Database, userId: string, id: string): Promise<void> {
  const notice = await database.kysely
    .selectFrom('notice')
    .select(['kind', 'keyId', 'createdAt'])
    .where('id', '=', id)
    .where('userId', '=', userId)
    .executeTakeFirst()
  if (notice === undefined) throw new LeafPadError('not_found')
  const { kind, keyId, createdAt } = notice
  await database.kysely
    .updateTable('notice')
    .set({ dismissedAt: await readClock(database) })
    .where('userId', '=', userId)
    .where('dismissedAt', 'is', null)
    .where(({ and, eb, or }) =>
      or([eb('id', '=', id), and([eb('kind', '=', kind), eb('keyId', '=', keyId), eb('createdAt', '<=', createdAt)])]),
    )
    .execute()
}
