import { LeafPadError } from '../errors.ts'
import { documentIdShape } from './read-document.ts'

/** Where a page of documents ended: the last one on it. */
export interface Cursor {
  readonly createdAt: number
  readonly id: string
}

/** As it goes out and comes back: opaque to clients, so that it can change. */
export function formatCursor({ createdAt, id }: Cursor): string {
  return Buffer.from(`${createdAt}.${id}`).toString('base64url')
}

/** Throws `invalid_query` for what formatCursor has not made. */
export function parseCursor(text: string): Cursor {
  const [createdAt = '', id = '', ...rest] = Buffer.from(text, 'base64url').toString().split('.')
  const cursor = { createdAt: Number(createdAt), id }
  const isCursor = rest.length === 0 && Number.isSafeInteger(cursor.createdAt) && documentIdShape.test(id) && formatCursor(cursor) === text
  if (isCursor) return cursor
  throw new LeafPadError('invalid_query', {
    detail: 'The cursor is not one of ours. Send the nextCursor of the page before as it came, or none for the first page.',
  })
}
