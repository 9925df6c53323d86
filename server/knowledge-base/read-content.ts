import type { Readable } from 'node:stream'
import type { Selectable } from 'kysely'
import { LeafPadError } from '../errors.ts'
import { MissingFileError } from './file-store.ts'
import type { KnowledgeBase } from './knowledge-base.ts'
import type { DocumentTable } from './table.ts'

/**
 * The content of a document that was just read from the database. Throws `not_found` when it has been deleted since; a document
 * without its file is a loss of data, and an error that nobody expects.
 */
export async function readContent(
  { database, files }: Pick<KnowledgeBase, 'database' | 'files'>,
  { id, fileKey }: Selectable<DocumentTable>,
): Promise<Readable> {
  try {
    return await files.read(fileKey)
  } catch (error) {
    if (!(error instanceof MissingFileError)) throw error
    const still = await database.kysely.selectFrom('document').select('id').where('id', '=', id).executeTakeFirst()
    throw still === undefined ? new LeafPadError('not_found') : error
  }
}
