import { parentPort, workerData } from 'node:worker_threads'
import { openSqliteConnection } from '../database/sqlite-connection.ts'
import { createSqliteDecider, type SqliteBatch, type SqliteOutcome } from './sqlite-batch.ts'

/** How long a batch may wait for a lock that another process holds; a wait blocks this thread alone. */
const busyTimeoutMs = 5_000

/** What the thread of the SQLite gate is asked: to decide a batch, to fold a part of the tally, or to end. */
export type SqliteGateQuestion = SqliteBatch | 'fold' | 'close'

/** Its answer to the first two: what was found and counted, whether there is more to fold, or why the database could not be asked. */
export type SqliteGateAnswer = { readonly outcome: SqliteOutcome } | { readonly isMoreToFold: boolean } | { readonly error: string }

const port = parentPort!
const connection = openSqliteConnection(workerData.file, busyTimeoutMs)
// 16 MB, for the rows of some ten thousand keys to stay at hand; in the 2 MB of the default most are read from the file each time.
connection.exec('PRAGMA cache_size = -16000')
const decider = createSqliteDecider(connection)

port.on('message', (question: SqliteGateQuestion) => {
  if (question === 'close') {
    connection.close()
    port.close()
    return
  }
  port.postMessage(answer(question))
})

function answer(question: Exclude<SqliteGateQuestion, 'close'>): SqliteGateAnswer {
  try {
    return question === 'fold' ? { isMoreToFold: decider.fold() } : { outcome: decider.decide(question) }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}
