import type { AuditAction, EntryFilter } from '../audit-query.ts'
import { actionNames } from './action-names.ts'

/** What the address says of the log: which entries. */
export interface AuditSearch {
  readonly action?: AuditAction
  /** A user, whose doing they are. */
  readonly member?: string
  /** Days in UTC, both among them. */
  readonly from?: string
  readonly until?: string
}

const dayMs = 86_400_000

/** Takes what it knows; an address of another making leads to the whole log. */
export function auditSearch({ action, member, from, until }: Readonly<Record<string, unknown>>): AuditSearch {
  return {
    ...(typeof action === 'string' && Object.hasOwn(actionNames, action) && { action: action as AuditAction }),
    ...(typeof member === 'string' && /^[0-9A-Za-z_-]{1,64}$/.test(member) && { member }),
    ...(isDay(from) && { from }),
    ...(isDay(until) && { until }),
  }
}

/** What to ask the server for: there the last day is the first one that is left out. */
export function askedEntries({ action, member, from, until }: AuditSearch): EntryFilter {
  return {
    action,
    userId: member,
    from,
    until: until === undefined ? undefined : new Date(Date.parse(until) + dayMs).toISOString().slice(0, 10),
  }
}

/** A day that there is, in years of four digits. */
function isDay(day: unknown): day is string {
  if (typeof day !== 'string' || !/^[12]\d{3}-\d\d-\d\d$/.test(day)) return false
  const ms = Date.parse(day)
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(day)
}
