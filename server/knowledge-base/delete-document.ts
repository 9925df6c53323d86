import { LeafPadError } from '../errors.ts'
import type { Actor } from '../organizations/member.ts'
import type { KnowledgeBase } from './knowledge-base.ts'
import { documentIdShape } from './read-document.ts'

/**
 * Deletes a document of the actor's organization and gives its room back. Throws `not_found` for one that is not there and for
 * another organization's, and what `actor.recheck` throws. A crash can leave its file, which then is nobody's; the sweep takes it.
 */
export async function deleteDocument(
  { database, files, onFileLeft }: Pick<KnowledgeBase, 'database' | 'files' | 'onFileLeft'>,
  actor: Actor,
  id: string,
): Promise<void> {
  const { organizationId } = actor.member
  const { fileKey } = await database.kysely.transaction().execute(async (transaction) => {
    await actor.recheck(transaction, 'documents:write')
    if (!documentIdShape.test(id)) throw new LeafPadError('not_found')
    const deleted = await transaction
      .deleteFrom('document')
      .where('id', '=', id)
      .where('organizationId', '=', organizationId)
      .returning(['fileKey', 'fileSize'])
      .executeTakeFirst()
    if (deleted === undefined) throw new LeafPadError('not_found')
    await transaction
      .updateTable('storage')
      .set((set) => ({ usedBytes: set('usedBytes', '-', deleted.fileSize) }))
      .where('organizationId', '=', organizationId)
      .execute()
    return deleted
  })
  // The document is gone whatever becomes of its file: one that cannot be removed now is left to the sweep.
  await files.delete(fileKey).catch(onFileLeft)
}
