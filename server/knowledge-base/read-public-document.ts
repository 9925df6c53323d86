import type { Selectable } from 'kysely'
import { LeafPadError } from '../errors.ts'
import type { KnowledgeBase } from './knowledge-base.ts'
import type { DocumentTable } from './table.ts'

/** 192 random bits, base64url. */
const publicTokenShape = /^[\w-]{32}$/

/** The document that a public link opens, whosever it is. Throws `not_found`, also where public links are turned off. */
export async function readPublicDocument(
  { database, config }: Pick<KnowledgeBase, 'database' | 'config'>,
  publicToken: string,
): Promise<Selectable<DocumentTable>> {
  const document =
    config.publicLinks && publicTokenShape.test(publicToken)
      ? await database.kysely.selectFrom('document').selectAll().where('publicToken', '=', publicToken).executeTakeFirst()
      : undefined
  if (document === undefined) throw new LeafPadError('not_found')
  return document
}
