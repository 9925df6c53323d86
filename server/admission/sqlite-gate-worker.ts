import { parentPort, workerData } from 'node:worker_threads'
import { openSqliteConnection } from '../database/sqlite-connection.ts'
import { createSqliteDecider, type SqliteBatch, type SqliteOutcome } from './sqlite-batch.ts'

/** How long a batch may wait for a lock that another process holds; a wait blocks this thread alone. */
const busyTimeoutMs = 5_000

/** What the thread of the SQLite gate says to a batch: what was found and counted, or why the database could not be asked. */
export type SqliteGateAnswer = { readonly outcome: SqliteOutcome } | { readonly error: string }

const port = parentPort!
const connection = openSqliteConnection(workerData.file, busyTimeoutMs)
const decide = createSqliteDecider(connection)

port.on('message', (batch: SqliteBatch | 'close') => {
  if (batch === 'close') {
    connection.close()
    port.close()
    return
  }
  port.postMessage(answer(batch))
})

function answer(batch: SqliteBatch): SqliteGateAnswer {
  try {
    return { outcome: decide(batch) }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}
