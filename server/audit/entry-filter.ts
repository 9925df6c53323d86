import { LeafPadError } from '../errors.ts'
import type { AuditAction, TargetKind } from './actions.ts'
import { parseInstant } from './parse-instant.ts'

/** Which entries are asked for: those that fit all that is said. */
export interface AskedEntries {
  readonly action?: AuditAction
  /** What they are about. */
  readonly kind?: TargetKind
  /** Whose doing they are. */
  readonly userId?: string
  /** The id of the very thing, or the user, that they are about. */
  readonly targetId?: string
  /** Instants: at `from` or later, and before `until`. */
  readonly from?: string
  readonly until?: string
}

export interface EntryFilter extends Omit<AskedEntries, 'from' | 'until'> {
  /** Undefined: of every organization. */
  readonly organizationId?: string | undefined
  /** Milliseconds since 1970. */
  readonly from?: number | undefined
  readonly until?: number | undefined
}

/** Throws `invalid_query` for what is no instant. */
export function parseFilter({ from, until, ...rest }: AskedEntries, organizationId: string): EntryFilter {
  return { ...rest, organizationId, from: parse('from', from), until: parse('until', until) }
}

function parse(path: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const ms = parseInstant(text)
  if (ms !== undefined) return ms
  const message = 'must be a day, or an instant with its time zone, such as 2026-01-31T12:00:00Z'
  throw new LeafPadError('invalid_query', { detail: `The "${path}" ${message}.`, members: { errors: [{ path, message }] } })
}
