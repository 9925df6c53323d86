import type { Kysely } from 'kysely'
import type { UseOfDay } from '../admission/table.ts'
import { type LastUse, lastUseOfSecret } from '../admission/use.ts'
import type { Tables } from '../database/tables.ts'

/** A secret that has not ended; whether it is let in is its key's business. */
export interface LiveSecret {
  readonly keyId: string
  /** The first of a key is 1. */
  readonly number: number
  readonly lastFour: string
  readonly createdAt: number
  /** When it ends, if it was rotated away from; null: by hand, or with the key. */
  readonly endsAt: number | null
  /** Undefined: never used. */
  readonly lastUse: LastUse | undefined
}

const columnsOfUse = ['oddSecret', 'oddUsedAt', 'oddUsedAddress', 'evenSecret', 'evenUsedAt', 'evenUsedAddress'] as const

/** The secrets of keys that have not ended at `now`, the newest of each key first: one or two a key, each with its last use, whatever day that was. */
export async function listLiveSecrets(kysely: Kysely<Tables>, keyIds: readonly string[], now: number): Promise<LiveSecret[]> {
  if (keyIds.length === 0) return []
  // In this order: what is moved from one to the other meanwhile is found where it went.
  const tallied = await kysely
    .selectFrom('tally')
    .select(['keyId', ...columnsOfUse])
    .where('keyId', 'in', keyIds)
    .execute()
  const rows = await kysely
    .selectFrom('secret')
    .leftJoin('usage', (join) =>
      join.onRef('usage.keyId', '=', 'secret.keyId').on('usage.day', '=', ({ selectFrom }) =>
        selectFrom('usage as any')
          .select(({ fn }) => fn.max('any.day').as('day'))
          .whereRef('any.keyId', '=', 'secret.keyId')
          .where(({ eb, or, ref }) =>
            or([eb('any.oddSecret', '=', ref('secret.number')), eb('any.evenSecret', '=', ref('secret.number'))]),
          ),
      ),
    )
    .select(['secret.keyId', 'secret.number', 'secret.lastFour', 'secret.createdAt', 'secret.endsAt'])
    .select(columnsOfUse.map((column) => `usage.${column}` as const))
    .where('secret.keyId', 'in', keyIds)
    .where(({ eb, or }) => or([eb('secret.endsAt', 'is', null), eb('secret.endsAt', '>', now)]))
    .orderBy('secret.number', 'desc')
    .execute()
  return rows.map(({ keyId, number, lastFour, createdAt, endsAt, ...written }) => {
    const uses = [written as Pick<UseOfDay, (typeof columnsOfUse)[number]>, ...tallied.filter((row) => row.keyId === keyId)]
    const lastUse = uses.map((use) => lastUseOfSecret(use, number)).reduce(later, undefined)
    return { keyId, number, lastFour, createdAt, endsAt, lastUse }
  })
}

function later(one: LastUse | undefined, other: LastUse | undefined): LastUse | undefined {
  return one === undefined || (other !== undefined && other.at >= one.at) ? other : one
}
