import { sql } from 'kysely'
import { type Database, readClock } from '../database/database.ts'

/** How long, and of each account and action how many, events of accounts are kept. */
export const keptMs = 90 * 86_400_000
export const keptOfAKind = 1_000

/** Deleted at once: few enough that nobody waits long for the database. */
const deletedAtOnce = 1_000

/**
 * Deletes events of accounts that are older than 90 days, and all but the newest 1,000 of each action of an account, so that a flood of
 * failed sign-ins fills nothing; those with addresses that have no account count as one account. Nothing else of an account is lost by such a flood.
 * @param isStopped asked now and then; true ends it early
 */
export async function deletePastEvents(database: Database, isStopped: () => boolean = () => false): Promise<void> {
  const before = (await readClock(database)) - keptMs
  const old = sql`select id from "accountEvent" where at < ${before} limit ${deletedAtOnce}`
  const superfluous = sql`select id from (
      select id, row_number() over (partition by "userId", action order by id desc) as place from "accountEvent"
    ) as placed where place > ${keptOfAKind} limit ${deletedAtOnce}`
  for (const which of [old, superfluous]) {
    let deleted = deletedAtOnce
    while (deleted === deletedAtOnce && !isStopped()) {
      const result = await sql`delete from "accountEvent" where id in (${which})`.execute(database.kysely)
      deleted = Number(result.numAffectedRows)
    }
  }
}
