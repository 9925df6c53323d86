import { LeafPadError } from '../errors.ts'
import type { Actor } from '../organizations/member.ts'
import { type CreatedDocument, insertDocument } from './insert-document.ts'
import type { KnowledgeBase } from './knowledge-base.ts'

export interface NewDocument {
  /** Checked already; its ending decides the type. Undefined: the id and `.txt`. */
  readonly fileName: string | undefined
  /** Read to its end; what it throws ends the creation. */
  readonly content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>
}

/**
 * Keeps a document of the actor's organization: first its file, then, in one transaction, the room it takes and its row. When
 * it resolves, both survive a crash. At most `maxStorageBytes` an organization, exact whatever runs beside it. Throws
 * `storage_full`, what `actor.recheck` throws, and what the content throws; nothing remains then. Throws `database_unavailable`
 * when it is not known whether the document was kept; then its file is, and if it has no row the sweep takes it.
 */
export async function createDocument(
  knowledgeBase: KnowledgeBase,
  actor: Actor,
  { fileName, content }: NewDocument,
): Promise<CreatedDocument> {
  const file = await knowledgeBase.files.put(content)
  const outcome = await insertDocument({ knowledgeBase, actor, fileName, file })
  if ('document' in outcome) return outcome
  if (outcome.isKept === undefined) {
    const detail = 'It is not known whether the document was kept. List the documents before you send it again.'
    throw new LeafPadError('database_unavailable', { detail }, outcome.error)
  }
  await knowledgeBase.files.delete(file.fileKey).catch(knowledgeBase.onFileLeft)
  throw outcome.error
}
