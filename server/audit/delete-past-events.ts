import { setImmediate } from 'node:timers/promises'
import { type Database, readClock } from '../database/database.ts'
import type { AccountEventTable } from './table.ts'

/** How long, and of each account and action how many, events of accounts are kept. */
export const keptMs = 90 * 86_400_000
export const keptOfAKind = 1_000

/** Deleted at once: few enough that nobody waits long for the database. */
const deletedAtOnce = 1_000

/**
 * Deletes events of accounts that are older than 90 days, and all but the newest 1,000 of each action of an account, so that a flood of
 * failed sign-ins fills nothing; those with addresses that have no account count as one account. Nothing else of an account is lost by
 * such a flood.
 * @param isStopped asked now and then; true ends it early
 */
export async function deletePastEvents(database: Database, isStopped: () => boolean = () => false): Promise<void> {
  const { kysely } = database
  const before = (await readClock(database)) - keptMs
  await deleteInParts(database, kysely.selectFrom('accountEvent').select('id').where('at', '<', before), isStopped)

  const groups = await kysely
    .selectFrom('accountEvent')
    .select(['userId', 'action'])
    .groupBy(['userId', 'action'])
    .having(({ fn }) => fn.countAll(), '>', keptOfAKind)
    .execute()
  for (const { userId, action } of groups) {
    if (isStopped()) return
    const events = eventsOf(database, userId, action)
    const oldestKept = await events
      .orderBy('id', 'desc')
      .limit(1)
      .offset(keptOfAKind - 1)
      .executeTakeFirst()
    if (oldestKept !== undefined) await deleteInParts(database, events.where('id', '<', oldestKept.id), isStopped)
  }
}

function eventsOf({ kysely }: Database, userId: string | null, action: AccountEventTable['action']) {
  const events = kysely.selectFrom('accountEvent').select('id').where('action', '=', action)
  return userId === null ? events.where('userId', 'is', null) : events.where('userId', '=', userId)
}

async function deleteInParts(database: Database, which: ReturnType<typeof eventsOf>, isStopped: () => boolean): Promise<void> {
  let deleted = deletedAtOnce
  while (deleted === deletedAtOnce && !isStopped()) {
    const part = database.kysely.deleteFrom('accountEvent').where('id', 'in', which.limit(deletedAtOnce))
    deleted = Number((await part.executeTakeFirstOrThrow()).numDeletedRows)
    // The embedded database answers at once: without a pause, nobody else would be served before the end.
    await setImmediate()
  }
}
