import type { Kysely } from 'kysely'
import type { Tables } from '../database/tables.ts'
import type { EntryFilter } from './entry-filter.ts'
import type { EntryAnswer } from './schema.ts'

/**
 * Everything an answer tells about entries, one row each, in no order. Entries keep ids alone: names are those of now, and null once what
 * had them is gone.
 */
export function selectEntryRows(kysely: Kysely<Tables>, { organizationId, action, kind, userId, targetId, from, until }: EntryFilter) {
  return kysely
    .selectFrom('auditEntry as entry')
    .leftJoin('user as actor', 'actor.id', 'entry.userId')
    .leftJoin('key', 'key.id', 'entry.targetId')
    .leftJoin('user as person', 'person.id', 'entry.targetId')
    .leftJoin('invitation', 'invitation.id', 'entry.targetId')
    .leftJoin('organization', 'organization.id', 'entry.targetId')
    .select(['entry.id', 'entry.at', 'entry.organizationId', 'entry.userId', 'entry.action', 'entry.targetKind', 'entry.targetId'])
    .select(['entry.details', 'entry.address', 'entry.requestId', 'actor.name as actorName'])
    .select(({ fn }) => fn.coalesce('key.name', 'person.name', 'invitation.email', 'organization.name').as('targetName'))
    .$if(organizationId !== undefined, (query) => query.where('entry.organizationId', '=', organizationId!))
    .$if(action !== undefined, (query) => query.where('entry.action', '=', action!))
    .$if(kind !== undefined, (query) => query.where('entry.targetKind', '=', kind!))
    .$if(userId !== undefined, (query) => query.where('entry.userId', '=', userId!))
    .$if(targetId !== undefined, (query) => query.where('entry.targetId', '=', targetId!))
    .$if(from !== undefined, (query) => query.where('entry.at', '>=', from!))
    .$if(until !== undefined, (query) => query.where('entry.at', '<', until!))
}

export type EntryRow = Awaited<ReturnType<ReturnType<typeof selectEntryRows>['execute']>>[number]

export function entryAnswer(row: EntryRow): EntryAnswer {
  return {
    id: row.id,
    at: new Date(row.at).toISOString(),
    organizationId: row.organizationId,
    action: row.action,
    actor: row.userId === null ? null : { userId: row.userId, name: row.actorName },
    target: { kind: row.targetKind, id: row.targetId, name: row.targetName },
    details: JSON.parse(row.details),
    address: row.address,
    requestId: row.requestId,
  }
}
