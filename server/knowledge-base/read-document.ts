import type { Selectable } from 'kysely'
import type { Database } from '../database/database.ts'
import { LeafPadError } from '../errors.ts'
import type { DocumentTable } from './table.ts'

/** The ids there can be. Others are not asked for: PostgreSQL would fail on a NUL character. */
export const documentIdShape = /^doc_[0-9a-f]{32}$/

/** The organization's document of this id. Throws `not_found` for one that is not there and for another organization's. */
export async function readDocument({ kysely }: Database, organizationId: string, id: string): Promise<Selectable<DocumentTable>> {
  const document = documentIdShape.test(id)
    ? await kysely.selectFrom('document').selectAll().where('id', '=', id).where('organizationId', '=', organizationId).executeTakeFirst()
    : undefined
  if (document === undefined) throw new LeafPadError('not_found')
  return document
}
