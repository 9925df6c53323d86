import type { DatabaseSync } from 'node:sqlite'
import type { UseOfDay } from './table.ts'

/** Rows of the tally at which folding begins: enough that ten thousand keys meet again in it, few enough to be read through in some milliseconds. */
const maxRows = 16_384

/** Rows written to `usage` in one transaction: what a batch does beside its own work stays small, and so does what it waits for. */
const maxFolded = 256

/** In the order in which they are written. The statements count on the first three. */
const columnsOfUse = [
  'keyId',
  'day',
  'used',
  'hours',
  'oddSecret',
  'oddUsedAt',
  'oddUsedAddress',
  'evenSecret',
  'evenUsedAt',
  'evenUsedAddress',
] as const satisfies readonly (keyof UseOfDay)[]

function valuesOf(use: UseOfDay) {
  return columnsOfUse.map((column) => use[column])
}

/**
 * The counts of SQLite: a batch appends what it counted to the table `tally`, a page or two, where writing each key's row of `usage`
 * would write a page a key; `fold` moves them there later, many at once. All within the transaction of the caller.
 *
 * What is in the tally is known here too, by key, since searching the table would mean reading it. That cannot be out of date:
 * `catchUp` reads what other processes have appended, and what they have folded is in `usage`, to which the caller compares it with
 * `latest`. A key's day and its use in it only ever grow, so of two figures the larger is the true one.
 */
export class SqliteTally {
  readonly #append
  readonly #readAfter
  readonly #overwrite
  readonly #insert
  readonly #deleteUpTo
  /** Appended since folding last began: each key's last, and those of days that ended since. */
  #recent = new Map<string, UseOfDay>()
  #ended: UseOfDay[] = []
  /** What is being folded, and those of it that are still to be written, the first key last. */
  #folding = new Map<string, UseOfDay>()
  #unwritten: UseOfDay[] = []
  /** The rows up to which folding goes. */
  #foldingUpTo = 0
  #lastId = 0
  #rows = 0

  constructor(connection: DatabaseSync) {
    const columns = columnsOfUse.map((column) => `"${column}"`).join(', ')
    const values = columnsOfUse.map((_, index) => `?${index + 1}`).join(', ')
    const overwritten = columnsOfUse.map((column, index) => `"${column}" = ?${index + 1}`).slice(2)
    this.#append = connection.prepare(`insert into tally (${columns}) values (${values})`)
    this.#readAfter = connection.prepare(`select id, ${columns} from tally where id > ? order by id`)
    this.#overwrite = connection.prepare(`
      update usage set ${overwritten.join(', ')}
      where "keyId" = ?1 and day = ?2 and used < ?3`)
    // A key that was erased meanwhile has no use to keep.
    this.#insert = connection.prepare(`
      insert into usage (${columns}, "lastGranted") select ${values}, 0 where exists (select 1 from key where id = ?1)
      on conflict ("keyId", day) do nothing`)
    this.#deleteUpTo = connection.prepare('delete from tally where id <= ?')
  }

  /** Reads what others have appended since. To be called first in a transaction, which must have the database to itself. */
  catchUp(): void {
    for (const row of this.#readAfter.iterate(this.#lastId) as Iterable<UseOfDay & { readonly id: number }>) this.#note(row, row.id)
  }

  /** The later of a key's use as the tally has it and as `usage` has it. */
  latest(keyId: string, written: UseOfDay | undefined): UseOfDay | undefined {
    const tallied = this.#recent.get(keyId) ?? this.#folding.get(keyId)
    return tallied === undefined || (written !== undefined && isLater(written, tallied)) ? written : tallied
  }

  append(use: UseOfDay): void {
    const { lastInsertRowid } = this.#append.run(...valuesOf(use))
    this.#note(use, Number(lastInsertRowid))
  }

  /** Folds a part, once there is enough. */
  foldSome(): void {
    if (this.#foldingUpTo > 0 || this.#rows >= maxRows) this.foldPart()
  }

  /** Folds a part, however little there is. False once all is folded. */
  foldPart(): boolean {
    if (this.#foldingUpTo === 0) {
      if (this.#recent.size === 0) return false
      this.#beginFolding()
    }
    this.#fold()
    return this.#foldingUpTo > 0 || this.#recent.size > 0
  }

  /** Forgets what is known here, so that `catchUp` reads it all: to be called when a transaction was undone. */
  forget(): void {
    this.#recent = new Map()
    this.#ended = []
    this.#folding = new Map()
    this.#unwritten = []
    this.#foldingUpTo = 0
    this.#lastId = 0
    this.#rows = 0
  }

  #note(use: UseOfDay, id: number) {
    const before = this.#recent.get(use.keyId)
    if (before !== undefined && before.day !== use.day) this.#ended.push(before)
    this.#recent.set(use.keyId, use)
    this.#lastId = id
    this.#rows++
  }

  #beginFolding() {
    this.#folding = this.#recent
    // In the order of the keys: neighbours share pages.
    this.#unwritten = [...this.#ended, ...this.#folding.values()].sort((a, b) => (a.keyId < b.keyId ? 1 : -1))
    this.#recent = new Map()
    this.#ended = []
    this.#foldingUpTo = this.#lastId
    this.#rows = 0
  }

  #fold() {
    for (let left = maxFolded; left > 0 && this.#unwritten.length > 0; left--) {
      const values = valuesOf(this.#unwritten.pop()!)
      // Most keys have the day's row by now, or a later one that another process wrote.
      if (this.#overwrite.run(...values).changes === 0) this.#insert.run(...values)
    }
    if (this.#unwritten.length > 0) return
    this.#deleteUpTo.run(this.#foldingUpTo)
    this.#folding = new Map()
    this.#foldingUpTo = 0
  }
}

/** Whether a use of a key is later than another of the same key: a day never goes back, and a day's use only grows. */
function isLater(use: UseOfDay, than: UseOfDay): boolean {
  return use.day > than.day || (use.day === than.day && use.used > than.used)
}
