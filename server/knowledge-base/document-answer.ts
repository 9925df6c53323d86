import type { Selectable } from 'kysely'
import type { Static } from 'typebox'
import type { Config } from '../config.ts'
import type { DocumentAnswer } from './schema.ts'
import type { DocumentTable } from './table.ts'

/** A document as its organization sees it. */
export function documentAnswer(
  document: Selectable<DocumentTable>,
  { publicLinks, publicUrl }: Pick<Config, 'publicLinks' | 'publicUrl'>,
): Static<typeof DocumentAnswer> {
  return {
    id: document.id,
    fileName: document.fileName,
    fileType: document.fileType,
    fileSize: document.fileSize,
    publicUrl: publicLinks ? `${publicUrl}/files/${document.publicToken}` : null,
    sha256: document.sha256,
    createdAt: new Date(document.createdAt).toISOString(),
    createdBy: document.createdBy,
  }
}
