import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { SqliteDatabase } from '../database/database.ts'
import { type Found, type Group, groupBatch, judge } from './batch.ts'
import { type Gate, GateUnavailableError } from './gate.ts'
import type { SqliteBatch, SqliteOutcome } from './sqlite-batch.ts'
import type { SqliteGateAnswer, SqliteGateQuestion } from './sqlite-gate-worker.ts'
import type { Asked, FoundKey, Verdict } from './verdict.ts'

/** How long nobody must have asked for the tally to be folded. */
const idleMs = 1_000

/** When the thread is started if nobody has asked before: once the server has had time to listen. */
const startsAfterMs = 300

/**
 * The gate of the embedded database: a connection of its own in a thread of its own, so that the sync to disk of a commit
 * stalls no request. It takes turns with the other users of the file in this process. A thread that died is replaced at the
 * next batch.
 */
export function createSqliteGate(database: SqliteDatabase, quota: number): Gate {
  let thread: Thread | undefined
  let asked = 0
  const starting = setTimeout(() => (thread ??= startThread()), startsAfterMs).unref()
  const idle = setTimeout(() => void fold(), idleMs).unref()

  function startThread(): Thread {
    return new Thread(database.file, (ended) => {
      if (thread === ended) thread = undefined
    })
  }

  async function decide(batch: readonly Asked[]): Promise<Verdict[]> {
    const groups = groupBatch(batch)
    const { now, groups: positions, keys, grants: granted, grantOf } = await ask(toMessage(groups))
    const grants = granted.day.map((day, index) => ({ day, usedBefore: granted.usedBefore[index]!, granted: granted.granted[index]! }))
    const found: Found[] = []
    for (let row = 0; row < positions.length; row++) {
      const grant = grantOf[row]
      found[positions[row]!] = { key: toFoundKey(keys, row), grant: grant == null ? undefined : grants[grant]! }
    }
    return judge(groups, { now, quota, found })
  }

  function toMessage(groups: readonly Group[]): SqliteBatch {
    return {
      secretHashes: groups.map((group) => group.secretHash),
      permissions: groups.map((group) => group.permission),
      addresses: groups.map((group) => group.address),
      counts: groups.map((group) => group.positions.length),
      quota,
      clockOffsetMs: database.clockOffsetMs(),
    }
  }

  async function ask(batch: SqliteBatch): Promise<SqliteOutcome> {
    asked++
    let release: () => void
    try {
      release = await database.turn.take()
    } catch (error) {
      throw new GateUnavailableError('the embedded database was not free', { cause: error })
    }
    try {
      thread ??= startThread()
      const answer = await thread.ask(batch)
      if ('error' in answer) throw new GateUnavailableError(`the embedded database could not be asked: ${answer.error}`)
      return (answer as { readonly outcome: SqliteOutcome }).outcome
    } finally {
      release()
      idle.refresh()
    }
  }

  /** What cannot be folded now stays in the tally, where it counts as well. A part at a time, until somebody asks, who waits for no more than one. */
  async function fold() {
    const askedBefore = asked
    for (let isMore = true; isMore && asked === askedBefore; ) {
      const release = await database.turn.take().catch(() => undefined)
      // Without the turn the thread may be deciding a batch, and is to be asked one thing at a time.
      if (release === undefined) return
      const answer = await thread?.ask('fold').catch(() => undefined)
      release()
      isMore = answer !== undefined && 'isMoreToFold' in answer && answer.isMoreToFold
    }
  }

  return {
    maxInFlight: 1,
    decide,
    async close() {
      clearTimeout(starting)
      clearTimeout(idle)
      await fold()
      await thread?.close()
    },
  }
}

function toFoundKey(columns: SqliteOutcome['keys'], position: number): FoundKey {
  return {
    keyId: columns.keyId[position]!,
    organizationId: columns.organizationId[position]!,
    memberId: columns.memberId[position]!,
    userId: columns.userId[position]!,
    role: columns.role[position]!,
    expiresAt: columns.expiresAt[position]!,
    revokedAt: columns.revokedAt[position]!,
    secretNumber: columns.secretNumber[position]!,
    secretEndsAt: columns.secretEndsAt[position]!,
    limits: columns.limits[position]!,
  }
}

/** The gate's thread, asked one thing at a time. */
class Thread {
  readonly #worker: Worker
  readonly #ended: Promise<void>
  #answered: { resolve(answer: SqliteGateAnswer): void; reject(error: Error): void } | undefined

  constructor(file: string, onEnd: (ended: Thread) => void) {
    // Beside this file it is what this file is: a source, or built.
    this.#worker = new Worker(new URL(`./sqlite-gate-worker${extname(import.meta.filename)}`, import.meta.url), { workerData: { file } })
    this.#worker.on('message', (answer: SqliteGateAnswer) => this.#settle()?.resolve(answer))
    this.#worker.on('error', (error) => {
      onEnd(this)
      this.#settle()?.reject(new GateUnavailableError('the gate failed', { cause: error }))
    })
    this.#ended = new Promise((resolve) => {
      this.#worker.on('exit', () => {
        onEnd(this)
        this.#settle()?.reject(new GateUnavailableError('the gate ended'))
        resolve()
      })
    })
  }

  ask(question: SqliteGateQuestion): Promise<SqliteGateAnswer> {
    return new Promise((resolve, reject) => {
      this.#answered = { resolve, reject }
      this.#worker.postMessage(question)
    })
  }

  close(): Promise<void> {
    this.#worker.postMessage('close')
    return this.#ended
  }

  #settle() {
    const answered = this.#answered
    this.#answered = undefined
    return answered
  }
}
