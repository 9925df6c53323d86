import { randomBytes } from 'node:crypto'
import type { KnowledgeBase } from './knowledge-base.ts'

/** Thrown for files that belong to another database than the one at hand. */
export class ForeignFilesError extends Error {
  override name = 'ForeignFilesError'
}

/**
 * Ties the file store to the database, at their first use together: the sweep believes the database about which files have a
 * document. Throws ForeignFilesError, having changed nothing there, for a store that belongs to another database. Exact whatever is
 * started at once, on either. Does not tell a database from its own backup.
 */
export async function claimFiles({ database: { kysely }, files }: Pick<KnowledgeBase, 'database' | 'files'>): Promise<void> {
  const made = `db_${randomBytes(16).toString('hex')}`
  await kysely
    .insertInto('identity')
    .values({ only: 1, databaseId: made })
    .onConflict((conflict) => conflict.column('only').doNothing())
    .execute()
  const { databaseId } = await kysely.selectFrom('identity').select('databaseId').executeTakeFirstOrThrow()
  const owner = await files.claim(databaseId)
  if (owner.databaseId === databaseId) return
  throw new ForeignFilesError(
    `The files in ${owner.place} belong to the database ${owner.databaseId}, and this one is ${databaseId}: it knows nothing of them, ` +
      'and would clear them away. Set LEAFPAD_DATABASE_URL or LEAFPAD_DATA_DIR to the database or folder that belong together. ' +
      `If the files are meant to go with this database from now on, delete ${owner.marker} and start again.`,
  )
}
