import { LeafPadError } from '../errors.ts'
import { parseLine } from './key-name.ts'

/** Why a key is revoked. `other` is in words of one's own. */
export const revocationReasons = ['not_needed', 'exposed', 'replaced', 'left', 'by_admin', 'other'] as const

export type RevocationReason = (typeof revocationReasons)[number]

export const maxNoteLength = 200

export interface Revocation {
  readonly reason: RevocationReason | null
  readonly note: string | null
}

/**
 * Why a key is revoked as it is kept; nothing need be said. Throws `invalid_body` for a note that cannot be kept, and where words of
 * one's own are announced and not there.
 */
export function parseRevocation({ reason, note }: { readonly reason?: RevocationReason; readonly note?: string }): Revocation {
  if (note !== undefined) return { reason: reason ?? 'other', note: parseLine('note', note, maxNoteLength) }
  if (reason !== 'other') return { reason: reason ?? null, note: null }
  const message = 'must say why when the reason is "other"'
  throw new LeafPadError('invalid_body', { detail: `The "note" ${message}.`, members: { errors: [{ path: 'note', message }] } })
}
