import { randomBytes } from 'node:crypto'
import type { Selectable } from 'kysely'
import { LeafPadError } from '../errors.ts'
import type { Actor } from '../organizations/member.ts'
import { readFileKind } from './file-kind.ts'
import type { StoredFile } from './file-store.ts'
import { type KnowledgeBase, sweepAgeMs } from './knowledge-base.ts'
import { readStorage, type Storage, storageFull, storageOf } from './storage.ts'
import type { DocumentTable } from './table.ts'

export interface NewDocument {
  /** Checked already; its ending decides the type. Undefined: the id and `.txt`. */
  readonly fileName: string | undefined
  /** Read to its end; what it throws ends the creation. */
  readonly content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>
}

export interface CreatedDocument {
  readonly document: Selectable<DocumentTable>
  readonly storage: Storage
}

/**
 * Keeps a document of the actor's organization: first its file, then, in one transaction, the room it takes and its row. When
 * it resolves, both survive a crash. At most `maxStorageBytes` an organization, exact whatever runs beside it. Throws
 * `storage_full`, what `actor.recheck` throws, and what the content throws; nothing remains then.
 */
export async function createDocument(
  knowledgeBase: KnowledgeBase,
  actor: Actor,
  { fileName, content }: NewDocument,
): Promise<CreatedDocument> {
  const file = await knowledgeBase.files.put(content)
  let committing = false
  try {
    return await insertDocument(knowledgeBase, actor, fileName, file, () => {
      committing = true
    })
  } catch (error) {
    if (committing) {
      // Perhaps the row is there: its file must be too. If it is not, the sweep finds a file without a row.
      const detail = 'It is not known whether the document was kept. List the documents before you send it again.'
      throw new LeafPadError('database_unavailable', { detail }, error)
    }
    await knowledgeBase.files.delete(file.fileKey).catch(() => {})
    throw error
  }
}

async function insertDocument(
  { database, config, now }: KnowledgeBase,
  actor: Actor,
  fileName: string | undefined,
  file: StoredFile,
  onCommit: () => void,
): Promise<CreatedDocument> {
  const { organizationId, userId } = actor.member
  const id = `doc_${randomBytes(16).toString('hex')}`
  return database.kysely.transaction().execute(async (transaction) => {
    await actor.recheck(transaction, 'documents:write')
    // A process that was stopped for so long may find its file swept by another.
    if (now() - file.writtenAt > sweepAgeMs / 2) {
      throw new LeafPadError('overloaded', { detail: 'The document waited too long for the database. Send it again.' })
    }
    if (file.size > config.maxStorageBytes) {
      throw storageFull(await readStorage(transaction, organizationId, config.maxStorageBytes))
    }
    const taken = await transaction
      .insertInto('storage')
      .values({ organizationId, usedBytes: file.size })
      .onConflict((conflict) =>
        conflict
          .column('organizationId')
          .doUpdateSet((set) => ({ usedBytes: set('storage.usedBytes', '+', file.size) }))
          .where('storage.usedBytes', '<=', config.maxStorageBytes - file.size),
      )
      .returning('usedBytes')
      .executeTakeFirst()
    if (taken === undefined) throw storageFull(await readStorage(transaction, organizationId, config.maxStorageBytes))
    const document = await transaction
      .insertInto('document')
      .values({
        id,
        organizationId,
        createdBy: userId,
        keyId: actor.keyId,
        fileName: fileName ?? `${id}.txt`,
        fileType: readFileKind(fileName ?? '.txt').fileType,
        fileSize: file.size,
        sha256: file.sha256,
        fileKey: file.fileKey,
        publicToken: randomBytes(24).toString('base64url'),
        createdAt: database.clock(),
      })
      .returningAll()
      .executeTakeFirstOrThrow()
    onCommit()
    return { document, storage: storageOf(taken.usedBytes, config.maxStorageBytes) }
  })
}
