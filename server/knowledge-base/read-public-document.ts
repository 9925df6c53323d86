import type { Selectable } from 'kysely'
import { LeafPadError } from '../errors.ts'
import type { KnowledgeBase } from './knowledge-base.ts'
import type { DocumentTable } from './table.ts'

/** 192 random bits, base64url. */
const publicTokenShape = /^[\w-]{32}$/

/**
 * The document that a public link opens, whosever it is. Throws `not_found`, also where public links are turned off, and from the moment
 * on at which the deletion of the organization was begun: it has no members then, and its documents are erased later.
 */
export async function readPublicDocument(
  { database, config }: Pick<KnowledgeBase, 'database' | 'config'>,
  publicToken: string,
): Promise<Selectable<DocumentTable>> {
  const document =
    config.publicLinks && publicTokenShape.test(publicToken)
      ? await database.kysely
          .selectFrom('document')
          .selectAll()
          .where('publicToken', '=', publicToken)
          .where(({ exists, selectFrom }) =>
            exists(selectFrom('member').select('member.id').whereRef('member.organizationId', '=', 'document.organizationId')),
          )
          .executeTakeFirst()
      : undefined
  if (document === undefined) throw new LeafPadError('not_found')
  return document
}
