import type { Kysely } from 'kysely'
import type { UseOfDay } from '../admission/table.ts'
import { admittedByHour } from '../admission/use.ts'
import { type Database, readClock } from '../database/database.ts'
import type { Tables } from '../database/tables.ts'
import { instant } from './key-answer.ts'
import type { Who } from './lock-member.ts'
import type { KeyUseAnswer } from './schema.ts'
import { seeKey } from './see-key.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

export const daysOfUse = 30
export const hoursOfUse = 48

const columnsOfUse = [
  ...(['keyId', 'day', 'used', 'hours', 'oddSecret', 'oddUsedAt', 'oddUsedAddress'] as const),
  ...(['evenSecret', 'evenUsedAt', 'evenUsedAddress'] as const),
]

/**
 * How a key was used: each of the last 30 UTC days and of the last 48 hours, the present ones last, with what was admitted and what was refused
 * and why. What was admitted is exact, and the hours of a day add up to it; refusals may lag by a second. Throws `not_found` as readKey does.
 */
export async function readKeyUse(database: Database, who: Who, keyId: string): Promise<KeyUseAnswer> {
  const { kysely } = database
  await seeKey(kysely, who, keyId)
  const now = await readClock(database)
  const lastDay = Math.floor(now / dayMs)
  const lastHour = Math.floor(now / hourMs)
  const days = Array.from({ length: daysOfUse }, (_, index) => dayOf(lastDay - daysOfUse + 1 + index))
  const hours = Array.from({ length: hoursOfUse }, (_, index) => lastHour - hoursOfUse + 1 + index)
  const uses = await readUses(kysely, keyId, days[0]!)
  const refusals = await kysely
    .selectFrom('refusal')
    .select(['hour', 'code', 'count'])
    .where('keyId', '=', keyId)
    .where('hour', '>=', days[0]!)
    .orderBy('hour')
    .execute()
  const refusedIn = (prefix: string) => {
    const counts = new Map<string, number>()
    for (const { hour, code, count } of refusals) if (hour.startsWith(prefix)) counts.set(code, (counts.get(code) ?? 0) + count)
    return [...counts].sort().map(([code, count]) => ({ code, count }))
  }
  return {
    days: days.map((day) => ({ day, admitted: uses.get(day)?.used ?? 0, refused: refusedIn(day) })),
    hours: hours.map((hour) => {
      const startsAt = instant(hour * hourMs)
      const use = uses.get(startsAt.slice(0, 10))
      return { startsAt, admitted: use === undefined ? 0 : admittedByHour(use)[hour % 24]!, refused: refusedIn(startsAt.slice(0, 13)) }
    }),
  }
}

/** By day; of what is in `usage` and of what is on its way there the later. */
async function readUses(kysely: Kysely<Tables>, keyId: string, from: string): Promise<Map<string, UseOfDay>> {
  const uses = new Map<string, UseOfDay>()
  // In this order: what is moved from one to the other meanwhile is found where it went.
  for (const table of ['tally', 'usage'] as const) {
    const rows = await kysely.selectFrom(table).select(columnsOfUse).where('keyId', '=', keyId).where('day', '>=', from).execute()
    for (const row of rows) if (row.used > (uses.get(row.day)?.used ?? 0)) uses.set(row.day, row)
  }
  return uses
}

function dayOf(number: number): string {
  return instant(number * dayMs).slice(0, 10)
}
