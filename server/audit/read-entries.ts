import { type Kysely, sql } from 'kysely'
import type { Tables } from '../database/tables.ts'
import type { EntryFilter } from './entry-filter.ts'
import type { EntryAnswer } from './schema.ts'

/** From which number to which, both included. */
export interface Numbers {
  readonly first: number
  readonly last: number
}

/**
 * At most `limit` of the entries with these numbers that a filter lets through, from one end, as answers tell them. Entries keep ids alone:
 * names are those of now, and null once what had them is gone.
 */
export async function readEntries(
  kysely: Kysely<Tables>,
  filter: EntryFilter,
  { first, last }: Numbers,
  { newestFirst, limit }: { readonly newestFirst: boolean; readonly limit: number },
): Promise<EntryAnswer[]> {
  const order = newestFirst ? 'desc' : 'asc'
  const part = selectEntries(kysely, filter).where('id', '>=', first).where('id', '<=', last).orderBy('id', order).limit(limit)
  // Names are looked for once it is known of which few.
  const rows = await kysely
    .selectFrom(part.as('entry'))
    .leftJoin('user as actor', 'actor.id', 'entry.userId')
    .leftJoin('key', 'key.id', 'entry.targetId')
    .leftJoin('user as person', 'person.id', 'entry.targetId')
    .leftJoin('invitation', 'invitation.id', 'entry.targetId')
    .leftJoin('organization', 'organization.id', 'entry.targetId')
    .selectAll('entry')
    .select('actor.name as actorName')
    .select(({ fn }) => fn.coalesce('key.name', 'person.name', 'invitation.email', 'organization.name').as('targetName'))
    .orderBy('entry.id', order)
    .execute()
  return rows.map((row) => ({
    id: row.id,
    at: new Date(row.at).toISOString(),
    organizationId: row.organizationId,
    action: row.action,
    actor: row.userId === null ? null : { userId: row.userId, name: row.actorName },
    target: { kind: row.targetKind, id: row.targetId, name: row.targetName },
    details: JSON.parse(row.details),
    address: row.address,
    requestId: row.requestId,
  }))
}

function selectEntries(kysely: Kysely<Tables>, filter: EntryFilter) {
  const { organizationId, action, kind, userId, targetId, from, until } = filter
  return kysely
    .selectFrom('auditEntry')
    .selectAll()
    .$if(organizationId !== undefined, (query) => query.where('organizationId', '=', organizationId!))
    .$if(action !== undefined, (query) => query.where('action', '=', action!))
    .$if(kind !== undefined, (query) => query.where('targetKind', '=', kind!))
    .$if(userId !== undefined, (query) => query.where('userId', '=', userId!))
    .$if(targetId !== undefined, (query) => query.where('targetId', '=', targetId!))
    .$if(from !== undefined, (query) => query.where('at', '>=', from!))
    .$if(until !== undefined, (query) => query.where('at', '<', until!))
}

/**
 * The first and the last number of an organization's entries of a time; undefined when there are none. Entries are read in the order of
 * their numbers: with these, only from the one to the other, and not from the newest or oldest there is. The times need not have the same
 * order, as clocks are set.
 */
export async function findNumbers(
  kysely: Kysely<Tables>,
  { organizationId, from, until }: Pick<EntryFilter, 'organizationId' | 'from' | 'until'>,
): Promise<Numbers | undefined> {
  if (organizationId === undefined || (from === undefined && until === undefined)) return allNumbers
  const { first, last } = await kysely
    .selectFrom('auditEntry')
    // Of the sum, lest the numbers be gone through from their end until one has the time.
    .select([sql<number | null>`min(id + 0)`.as('first'), sql<number | null>`max(id + 0)`.as('last')])
    .where('organizationId', '=', organizationId)
    .$if(from !== undefined, (query) => query.where('at', '>=', from!))
    .$if(until !== undefined, (query) => query.where('at', '<', until!))
    .executeTakeFirstOrThrow()
  return first === null || last === null ? undefined : { first, last }
}

export const allNumbers: Numbers = { first: 1, last: Number.MAX_SAFE_INTEGER }
