import type { Selectable } from 'kysely'
import { type Cursor, formatCursor, parseCursor } from './cursor.ts'
import type { KnowledgeBase } from './knowledge-base.ts'
import { readStorage, type Storage } from './storage.ts'
import type { DocumentTable } from './table.ts'

export interface DocumentPage {
  readonly documents: readonly Selectable<DocumentTable>[]
  /** Gives the next page; null on the last. */
  readonly nextCursor: string | null
  readonly storage: Storage
}

/**
 * A page of an organization's documents, newest first. A document that is there throughout is listed exactly once over the
 * pages, whatever is created and deleted meanwhile. Throws `invalid_query` for a cursor that is none.
 */
export async function listDocuments(
  { database: { kysely }, config }: Pick<KnowledgeBase, 'database' | 'config'>,
  organizationId: string,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<DocumentPage> {
  const after: Cursor | undefined = cursor === undefined ? undefined : parseCursor(cursor)
  let query = kysely.selectFrom('document').selectAll().where('organizationId', '=', organizationId)
  if (after !== undefined) {
    query = query.where((where) => where(where.refTuple('createdAt', 'id'), '<', where.tuple(after.createdAt, after.id)))
  }
  const found = await query
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
  const documents = found.slice(0, limit)
  return {
    documents,
    nextCursor: found.length > limit ? formatCursor(documents.at(-1)!) : null,
    storage: await readStorage(kysely, organizationId, config.maxStorageBytes),
  }
}
