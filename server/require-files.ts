import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { Settings } from './config.ts'
import { Failure } from './failure.ts'

/**
 * Makes sure that every copy of the server that may run on its database finds the documents' files and signs sessions alike. Throws a
 * Failure where PostgreSQL is used and nothing says who reaches the data folder, and where the files are shared and the session secret
 * beside them visibly is not.
 */
export function requireFiles({ databaseUrl, files, dataDir, sessionSecret }: Settings): void {
  if (databaseUrl === null) return
  const folder = join(dataDir, 'files')
  if (files === null) {
    throw new Failure(
      `With PostgreSQL several copies of LeafPad can run, and documents are stored as files in ${folder}: a copy that cannot reach them would lack ` +
        'documents. Set LEAFPAD_FILES=shared if all copies have this data folder, on a file system they share, or LEAFPAD_FILES=local if this is the only copy.',
    )
  }
  if (files === 'local' || sessionSecret !== null) return
  const [ofSecret, ofFiles] = [deviceOf(dataDir), deviceOf(folder)]
  if (ofSecret === undefined || ofFiles === undefined || ofSecret === ofFiles) return
  throw new Failure(
    `${folder} is on another file system than ${dataDir}, where the session secret is: copies that share only the files would not know each ` +
      "other's sessions. Set LEAFPAD_SESSION_SECRET to the same value for all copies, or let them share the whole data folder.",
  )
}

/** The file system of a path; undefined when there is nothing yet. */
function deviceOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.dev
}
