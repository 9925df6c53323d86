import { LeafPadError } from '../errors.ts'

/** Where a page ended, as it goes out: opaque to clients. */
export function formatCursor(id: number): string {
  return Buffer.from(String(id)).toString('base64url')
}

/** Throws `invalid_query` for what formatCursor has not made. */
export function parseCursor(cursor: string): number {
  const text = Buffer.from(cursor, 'base64url').toString()
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text)
  const message = 'was not given out here; send the nextCursor of the page before, or none to begin anew'
  throw new LeafPadError('invalid_query', { detail: `The "cursor" ${message}.`, members: { errors: [{ path: 'cursor', message }] } })
}

/** The page that `limit + 1` rows make: the one too many only tells that there is a next page. */
export function toPage<Row extends { readonly id: number }>(rows: readonly Row[], limit: number) {
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return { rows: rows.slice(0, limit), nextCursor: last === undefined ? null : formatCursor(last.id) }
}
