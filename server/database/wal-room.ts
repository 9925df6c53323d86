import fs from 'node:fs'

/** Made at a time: what 250 pages take, synced in a few milliseconds. */
const zeros = Buffer.alloc(1 << 20)

/** Transactions between two looks. A look costs: the system then keeps the time of the next change more exactly, and writes it with that one's sync. */
const lookEvery = 16

/**
 * Room at the end of SQLite's write-ahead log. Every commit makes the log longer, until some thousand pages are in it and it is written from its beginning
 * again; and what makes a file longer takes half as long again to sync as what is written over something. So there are zeros ahead of what is
 * committed, at which SQLite ends to read (https://sqlite.org/fileformat2.html#walformat).
 */
export class WalRoom {
  readonly #file: string
  #descriptor: number | undefined
  /** How long the log was at the last look, room included, in bytes; and transactions since. */
  #length = 0
  #transactions = 0

  /** @param file the log's */
  constructor(file: string) {
    this.#file = file
  }

  /**
   * Makes room now and then, if the log has grown since. To be called in each transaction once it holds the lock for writing, so that nobody else makes the log
   * longer meanwhile. Never throws: without room, the log grows commit by commit.
   */
  make(): void {
    if (++this.#transactions < lookEvery) return
    this.#transactions = 0
    try {
      this.#descriptor ??= fs.openSync(this.#file, 'r+')
      const { size } = fs.fstatSync(this.#descriptor)
      // One that is shorter was emptied: whether it grows again is seen at the next look.
      const hasGrown = size > this.#length
      this.#length = hasGrown ? size + fs.writeSync(this.#descriptor, zeros, 0, zeros.length, size) : size
    } catch {
      // Where the disk is full, SQLite says so itself, to whom it matters.
    }
  }

  /** To be called when nothing is committed any more. */
  close(): void {
    if (this.#descriptor !== undefined) fs.closeSync(this.#descriptor)
    this.#descriptor = undefined
  }
}
