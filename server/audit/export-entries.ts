import { setImmediate } from 'node:timers/promises'
import type { Database } from '../database/database.ts'
import { onBehalfOf } from '../database/places.ts'
import { readMember } from '../organizations/member.ts'
import { type AskedEntries, type EntryFilter, parseFilter } from './entry-filter.ts'
import type { Reader } from './list-entries.ts'
import { allNumbers, findNumbers, type Numbers, readEntries } from './read-entries.ts'

/** Read at once: little enough for memory, and for others to have the database in between. */
export const exportedAtOnce = 500

/**
 * Entries of the organization's audit log as NDJSON, one a line as listEntries answers them, the oldest first, some lines at a time. Nothing
 * of the database is held between two of them, however slowly they are taken. Throws, or ends with, what listEntries throws: the
 * permission is asked for again each time.
 */
export async function exportEntries(database: Database, who: Reader, asked: AskedEntries): Promise<AsyncGenerator<string>> {
  const filter = parseFilter(asked, who.organizationId)
  const check = () => readMember(database.kysely, who, 'audit:read')
  await check()
  const numbers = await findNumbers(database.kysely, filter)
  return linesOf((after) =>
    // Whoever takes the lines does so in a context of its own.
    onBehalfOf([who.userId, who.organizationId], async () => {
      await check()
      return numbers === undefined ? [] : readPage(database, filter, numbers, after)
    }),
  )
}

/** The same for the operator: of an organization, deleted ones too, or of all. */
export function exportAllEntries(database: Database, filter: Pick<EntryFilter, 'organizationId' | 'from'>): AsyncGenerator<string> {
  return linesOf((after) => readPage(database, filter, allNumbers, after))
}

/** The log of all accounts for the operator, as NDJSON, the oldest first. */
export function exportAccountEvents(database: Database, { from = 0 }: { readonly from?: number | undefined }): AsyncGenerator<string> {
  return linesOf(async (after) => {
    const rows = await database.kysely
      .selectFrom('accountEvent')
      .select(['id', 'at', 'userId', 'action', 'details', 'address', 'requestId'])
      .where('id', '>', after)
      .where('at', '>=', from)
      .orderBy('id')
      .limit(exportedAtOnce)
      .execute()
    return rows.map((row) => ({ ...row, at: new Date(row.at).toISOString(), details: JSON.parse(row.details) }))
  })
}

function readPage({ kysely }: Database, filter: EntryFilter, { first, last }: Numbers, after: number) {
  return readEntries(kysely, filter, { first: Math.max(first, after + 1), last }, { newestFirst: false, limit: exportedAtOnce })
}

async function* linesOf(read: (after: number) => Promise<readonly { readonly id: number }[]>): AsyncGenerator<string> {
  for (let after = 0; ; ) {
    const page = await read(after)
    if (page.length > 0) yield page.map((line) => `${JSON.stringify(line)}\n`).join('')
    if (page.length < exportedAtOnce) return
    after = page.at(-1)!.id
    // The embedded database answers at once: without a pause, nobody else would be served before the end.
    await setImmediate()
  }
}
