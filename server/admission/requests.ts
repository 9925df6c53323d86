import type { Insertable } from 'kysely'
import type { Database } from '../database/database.ts'
import type { RequestTable } from './table.ts'
import { TextMap } from './text-map.ts'

/** How many requests of a key are kept. */
export const keptRequests = 100

const writeEveryMs = 1_000

/** After a write of as many rows as one takes, since each write costs SQLite's gate what it has in memory of the database. */
const writeAgainMs = 5_000

/** Rows written at once: what is noted beyond between two writes is not kept. A write must take no longer than a batch of the gate does. */
const maxRows = 500

/** Rows in a statement: each is a text of its own to compile. */
const rowsOfStatement = 50

/** A key with so many is trimmed. */
const mostRows = 2 * keptRequests

/** Keys of which it is remembered how many rows they have; with more, those of some are counted again. */
const maxRemembered = 10_000

export type AnsweredRequest = Insertable<RequestTable>

export interface Requests {
  /** Keeps an answered request of a known key; costs no write now. What it was is asked only if it is kept. */
  note(keyId: string, describe: () => AnsweredRequest): void
  /** Writes what was noted since the last write. Never rejects: what could not be written is lost. */
  write(): Promise<void>
  /** Writes a last time and ends. */
  close(): Promise<void>
}

/**
 * Keeps the last requests of each key, noted in memory and written once a second: they may lag by that second, a crash loses it. Under load
 * they are written every five seconds, and not every one is kept; no key takes the place of others for more than is kept of it. No request
 * waits for it, and none fails by it.
 */
export function createRequests(database: Database): Requests {
  /** By key, the newest last. */
  let noted = new TextMap<AnsweredRequest[]>()
  let rowCount = 0
  /** Keys of which as many are noted as are kept. */
  let fullKeys = 0
  /** How many rows a key has; not known of one that was not written here before. */
  const counts = new Map<string, number>()
  let closed = false
  let timer = writeAfter(writeEveryMs)

  function writeAfter(pauseMs: number): NodeJS.Timeout {
    return setTimeout(async () => {
      const isFull = rowCount === maxRows
      await write()
      if (!closed) timer = writeAfter(isFull ? writeAgainMs : writeEveryMs)
    }, pauseMs).unref()
  }

  function note(keyId: string, describe: () => AnsweredRequest) {
    const isFull = rowCount === maxRows
    if (isFull && fullKeys === 0) return
    const ofKey = noted.get(keyId)
    if (ofKey?.length === keptRequests) {
      ofKey.shift()
      ofKey.push(describe())
      return
    }
    if (isFull) return
    rowCount++
    if (ofKey === undefined) noted.set(keyId, [describe()])
    else if (ofKey.push(describe()) === keptRequests) fullKeys++
  }

  async function write() {
    if (rowCount === 0) return
    const byKey = noted
    noted = new TextMap()
    rowCount = 0
    fullKeys = 0
    try {
      await database.kysely.transaction().execute(async (transaction) => {
        // Whose organization is deleted meanwhile has no history to add to. By id, like all who lock several keys.
        const keys = await transaction
          .selectFrom('key')
          .select('id')
          .where(
            'id',
            'in',
            Array.from(byKey.values(), ([oldest]) => oldest!.keyId),
          )
          .orderBy('id')
          .forKeyShare()
          .execute()
        const ofKeys = keys.flatMap(({ id }) => byKey.get(id)!)
        for (let from = 0; from < ofKeys.length; from += rowsOfStatement) {
          await transaction
            .insertInto('request')
            .values(ofKeys.slice(from, from + rowsOfStatement))
            .execute()
        }
        const uncounted = keys.filter(({ id }) => !counts.has(id)).map(({ id }) => id)
        if (uncounted.length > 0) {
          const counted = await transaction
            .selectFrom('request')
            .select(({ fn }) => ['keyId', fn.countAll<number>().as('rows')])
            .where('keyId', 'in', uncounted)
            .groupBy('keyId')
            .execute()
          // What was added now is among them.
          for (const { keyId, rows } of counted) counts.set(keyId, rows - byKey.get(keyId)!.length)
        }
        for (const { id } of keys) {
          const rows = counts.get(id)! + byKey.get(id)!.length
          if (rows >= mostRows) await trim(id)
          counts.set(id, rows >= mostRows ? keptRequests : rows)
        }

        async function trim(keyId: string) {
          const newest = transaction.selectFrom('request').select('id').where('keyId', '=', keyId).orderBy('id', 'desc').limit(keptRequests)
          await transaction.deleteFrom('request').where('keyId', '=', keyId).where('id', 'not in', newest).execute()
        }
      })
    } catch {
      // They are for people to look at, and the next ones come.
      counts.clear()
    }
    if (counts.size > maxRemembered) counts.clear()
  }

  return {
    note,
    write,
    async close() {
      closed = true
      clearTimeout(timer)
      await write()
    },
  }
}
