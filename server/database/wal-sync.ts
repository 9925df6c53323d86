import fs from 'node:fs'

/** Rejected with when the disk did not take what was committed: nobody can know what of it will be there after a crash. */
export class SyncFailedError extends Error {
  override name = 'SyncFailedError'
}

interface Waiting {
  /** How many commits must be on disk. */
  readonly commits: number
  resolve(): void
  reject(error: SyncFailedError): void
}

/**
 * Syncs the write-ahead log of SQLite to disk, outside of the event loop's thread, where SQLite itself would block it for as long. Those who
 * commit while a sync is under way share the next one. For a connection with `synchronous = NORMAL`, which leaves the syncing of commits
 * to others and itself syncs what keeps the file whole (https://sqlite.org/pragma.html#pragma_synchronous).
 */
export class WalSync {
  readonly #file: string
  readonly #onFailure: (error: SyncFailedError) => void
  /** SQLite locks other files than its log, so that to close this one here drops no lock of its (https://sqlite.org/howtocorrupt.html). */
  #descriptor: number | undefined
  /** Commits that were made, and those of them that are on disk. */
  #commits = 0
  #onDisk = 0
  #waiting: Waiting[] = []
  #isSyncing = false
  #failure: SyncFailedError | undefined

  /**
   * @param file the log's
   * @param onFailure told once a sync has failed. What it was to sync may be lost by then although the next one succeeds, and all that is
   * committed after it with it: it is for the caller to see that nothing more is.
   */
  constructor(file: string, onFailure: (error: SyncFailedError) => void) {
    this.#file = file
    this.#onFailure = onFailure
  }

  /** Takes note that something was committed. */
  committed(): void {
    this.#commits++
  }

  /** Resolves once all is on disk that was committed until now, by whomever; at once where it is. Rejects with SyncFailedError, once and for all. */
  synced(): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    if (this.#onDisk === this.#commits) return Promise.resolve()
    return new Promise((resolve, reject) => {
      this.#waiting.push({ commits: this.#commits, resolve, reject })
      if (!this.#isSyncing) void this.#sync()
    })
  }

  /** To be called when nothing is committed any more. */
  close(): void {
    if (this.#descriptor !== undefined) fs.closeSync(this.#descriptor)
    this.#descriptor = undefined
  }

  async #sync() {
    this.#isSyncing = true
    try {
      while (this.#waiting.length > 0) {
        // What is committed from here on may or may not be in this sync.
        const commits = this.#commits
        this.#descriptor ??= fs.openSync(this.#file, 'r+')
        await datasync(this.#descriptor)
        this.#onDisk = commits
        this.#waiting = this.#waiting.filter((waiting) => {
          if (waiting.commits <= commits) waiting.resolve()
          return waiting.commits > commits
        })
      }
    } catch (error) {
      this.#failure = new SyncFailedError('the disk did not take what was committed: nothing more is, until the server is started again', {
        cause: error,
      })
      this.#onFailure(this.#failure)
      for (const { reject } of this.#waiting.splice(0)) reject(this.#failure)
    }
    this.#isSyncing = false
  }
}

function datasync(descriptor: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fs.fdatasync(descriptor, (error) => (error === null ? resolve() : reject(error)))
  })
}
