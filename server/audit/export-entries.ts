import type { Database } from '../database/database.ts'
import { onBehalfOf } from '../database/places.ts'
import { readMember } from '../organizations/member.ts'
import { entryAnswer, selectEntryRows } from './entry-answer.ts'
import { type AskedEntries, type EntryFilter, parseFilter } from './entry-filter.ts'
import type { Reader } from './list-entries.ts'

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
  return linesOf((after) =>
    // Whoever takes the lines does so in a context of its own.
    onBehalfOf([who.userId, who.organizationId], async () => {
      await check()
      return readEntries(database, filter, after)
    }),
  )
}

/** The same for the operator: of an organization, deleted ones too, or of all. */
export function exportAllEntries(database: Database, filter: Pick<EntryFilter, 'organizationId' | 'from'>): AsyncGenerator<string> {
  return linesOf((after) => readEntries(database, filter, after))
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

async function readEntries(database: Database, filter: EntryFilter, after: number) {
  const rows = await selectEntryRows(database.kysely, filter)
    .where('entry.id', '>', after)
    .orderBy('entry.id')
    .limit(exportedAtOnce)
    .execute()
  return rows.map(entryAnswer)
}

async function* linesOf(read: (after: number) => Promise<readonly { readonly id: number }[]>): AsyncGenerator<string> {
  for (let after = 0; ; ) {
    const page = await read(after)
    if (page.length > 0) yield page.map((line) => `${JSON.stringify(line)}\n`).join('')
    if (page.length < exportedAtOnce) return
    after = page.at(-1)!.id
  }
}
