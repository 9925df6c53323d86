import type { DatabaseSync } from 'node:sqlite'
import type { UseOfDay } from './table.ts'
import { TextMap } from './text-map.ts'

/**
 * Rows of the tally at which folding begins: where little is asked, few enough to be read through in a millisecond; where much is, enough that
 * ten thousand keys meet several times in it.
 */
const enoughRows = 4_096
const maxRows = 65_536

/** So little is asked where so many batches one after the other have so few keys: there is time for folding. */
const fewKeys = 16
const smallBatches = 64

/** Rows written to `usage`, and rows of the tally deleted, in one transaction: what a batch does beside its own work stays small, and so does what it waits for. */
const maxWritten = 256
const maxDeleted = 2_048

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

function valuesOf({ keyId, day, used, hours, oddSecret, oddUsedAt, oddUsedAddress, evenSecret, evenUsedAt, evenUsedAddress }: UseOfDay) {
  return [keyId, day, used, hours, oddSecret, oddUsedAt, oddUsedAddress, evenSecret, evenUsedAt, evenUsedAddress] as const
}

/** What is known of a key's use; the same object for the same key, within a transaction. */
export interface KnownUse {
  /** One text for all of a key's requests, by which Maps find what they have of it at once. */
  readonly keyId: string
  /** Its latest; undefined: it has none. */
  readonly use: UseOfDay | undefined
}

interface Known extends KnownUse {
  use: UseOfDay | undefined
  /** The row of the tally that has it, if that has not been deleted since; 0: none. */
  tallyId: number
  /** As of which version of the database it was compared with `usage`. */
  version: number
}

/**
 * The counts of SQLite: a batch appends what it counted to the table `tally`, a page or two, where writing each key's row of `usage`
 * would write a page a key; `fold` moves them there later, many at once. All within the transaction of the caller.
 *
 * What keys have used is known here too, since searching the tally would mean reading it, and `usage` has two trees to go down for each key.
 * That cannot be out of date: SQLite tells whether any other connection, of whatever process, has committed since. If so, `catchUp` reads
 * what others have appended, and each key is compared with `usage`, where others may have folded theirs, before what is known of it counts again. A
 * key's day and its use in it only ever grow, so of two figures the larger is the true one.
 */
export class SqliteTally {
  readonly #readVersion
  readonly #readUse
  readonly #append
  readonly #readDeletedUpTo
  readonly #readAfter
  readonly #overwrite
  readonly #insert
  readonly #deleteUpTo
  readonly #noteDeletedUpTo
  readonly #maxKnown: number
  readonly #known = new TextMap<Known>()
  /** The last use of days that ended while the tally had it. */
  #ended: UseOfDay[] = []
  /** What of what is being folded is still to be written, the first key last. */
  #unwritten: UseOfDay[] = []
  /** The row up to which folding goes; 0: nothing is being folded. */
  #foldingUpTo = 0
  /** The row up to which the tally was deleted, as far as is known. */
  #deletedUpTo = 0
  /** The last id that was ever used. */
  #lastId = 0
  /** Appended since folding last began. */
  #rows = 0
  /** Small batches since the last that was not. */
  #smallBatches = 0
  /** Of the database, as of the last transaction. */
  #version = -1

  /** @param maxKnown keys whose use is known, at most, beside those in the tally */
  constructor(connection: DatabaseSync, maxKnown = 32_768) {
    this.#maxKnown = maxKnown
    const columns = columnsOfUse.map((column) => `"${column}"`).join(', ')
    const values = columnsOfUse.map((_, index) => `?${index + 1}`).join(', ')
    const overwritten = columnsOfUse.map((column, index) => `"${column}" = ?${index + 1}`).slice(2)
    // https://sqlite.org/pragma.html#pragma_data_version
    this.#readVersion = connection.prepare('pragma data_version')
    this.#readUse = connection.prepare(`
      select ${columns} from json_each(?) asked
      cross join usage on "keyId" = asked.value and day = (select max(day) from usage where "keyId" = asked.value)`)
    this.#append = connection.prepare(`insert into tally (${columns}, id) values (${values}, ?)`)
    this.#readDeletedUpTo = connection.prepare('select "deletedUpTo" from "tallyEnd"')
    this.#readAfter = connection.prepare(`select id, ${columns} from tally where id > ? order by id`)
    this.#overwrite = connection.prepare(`
      update usage set ${overwritten.join(', ')}
      where "keyId" = ?1 and day = ?2 and used < ?3`)
    // A key that was erased meanwhile has no use to keep.
    this.#insert = connection.prepare(`
      insert into usage (${columns}) select ${values} where exists (select 1 from key where id = ?1)
      on conflict ("keyId", day) do nothing`)
    this.#deleteUpTo = connection.prepare('delete from tally where id <= ?')
    this.#noteDeletedUpTo = connection.prepare('update "tallyEnd" set "deletedUpTo" = ?')
  }

  /** Of how many keys the use is known. */
  get knownKeys(): number {
    return this.#known.size
  }

  /** Reads what others have appended since. To be called first in a transaction, which must have the database to itself. */
  catchUp(): void {
    const { data_version: version } = this.#readVersion.get() as { data_version: number }
    if (version === this.#version) return
    this.#version = version
    const { deletedUpTo } = this.#readDeletedUpTo.get() as { deletedUpTo: number }
    this.#deletedUpTo = Math.max(this.#deletedUpTo, deletedUpTo)
    this.#lastId = Math.max(this.#lastId, deletedUpTo)
    for (const row of this.#readAfter.iterate(this.#lastId) as Iterable<UseOfDay & { readonly id: number }>) {
      const known = this.#known.get(row.keyId) ?? { keyId: row.keyId, use: undefined, tallyId: 0, version: -1 }
      this.#known.set(row.keyId, known)
      this.#note(known, row, row.id)
    }
  }

  /** What is known of each of several keys. */
  latest(keyIds: readonly string[]): readonly KnownUse[] {
    const known = keyIds.map((keyId) => this.#known.get(keyId))
    if (known.every((one) => one?.version === this.#version)) return known as Known[]
    this.#compare(keyIds.filter((_, index) => known[index]?.version !== this.#version))
    return keyIds.map((keyId) => this.#known.get(keyId)!)
  }

  /** @param known what `latest` gave for the key in this transaction */
  append(known: KnownUse, use: UseOfDay): void {
    const id = this.#lastId + 1
    const { keyId, day, used, hours, oddSecret, oddUsedAt, oddUsedAddress, evenSecret, evenUsedAt, evenUsedAddress } = use
    // Not `...valuesOf(use)`: a call with a list is slower, and there is one for each key of a batch.
    this.#append.run(keyId, day, used, hours, oddSecret, oddUsedAt, oddUsedAddress, evenSecret, evenUsedAt, evenUsedAddress, id)
    this.#note(known as Known, use, id)
  }

  /** Folds a part, once there is enough, beside a batch of so many keys. */
  foldSome(keys: number): void {
    this.#smallBatches = keys <= fewKeys ? this.#smallBatches + 1 : 0
    const enough = this.#smallBatches < smallBatches ? maxRows : enoughRows
    if (this.#foldingUpTo > 0 || this.#rows >= enough) this.foldPart()
  }

  /** Folds a part, however little there is. False once all is folded. */
  foldPart(): boolean {
    if (this.#foldingUpTo === 0) {
      if (this.#rows === 0) return false
      this.#beginFolding()
    }
    this.#fold()
    return this.#foldingUpTo > 0 || this.#rows > 0
  }

  /** Forgets what is known here, so that it is all read anew: to be called when a transaction was undone. */
  forget(): void {
    this.#known.clear()
    this.#ended = []
    this.#unwritten = []
    this.#foldingUpTo = 0
    this.#deletedUpTo = 0
    this.#lastId = 0
    this.#rows = 0
    this.#version = -1
  }

  #note(known: Known, use: UseOfDay, id: number) {
    if (known.use !== undefined && known.use.day !== use.day && this.#isTallied(known)) this.#ended.push(known.use)
    known.use = use
    known.tallyId = id
    this.#lastId = id
    this.#rows++
  }

  #isTallied({ tallyId }: Known): boolean {
    return tallyId > this.#deletedUpTo
  }

  /** Takes the later of what is known of keys and what `usage` has of them. */
  #compare(keyIds: readonly string[]) {
    for (const keyId of keyIds) {
      const known = this.#known.get(keyId)
      if (known === undefined) this.#known.set(keyId, { keyId, use: undefined, tallyId: 0, version: this.#version })
      else {
        known.version = this.#version
        if (!this.#isTallied(known)) known.use = undefined
      }
    }
    for (const written of this.#readUse.iterate(JSON.stringify(keyIds)) as Iterable<UseOfDay>) {
      const known = this.#known.get(written.keyId)!
      if (known.use === undefined || isLater(written, known.use)) known.use = written
    }
  }

  #beginFolding() {
    const tallied = [...this.#known.values()].filter((known) => this.#isTallied(known)).map(({ use }) => use!)
    // In the order of the keys: neighbours share pages.
    this.#unwritten = [...this.#ended, ...tallied].sort((a, b) => (a.keyId < b.keyId ? 1 : -1))
    this.#ended = []
    this.#foldingUpTo = this.#lastId
    this.#rows = 0
  }

  #fold() {
    for (let left = maxWritten; left > 0 && this.#unwritten.length > 0; left--) {
      const values = valuesOf(this.#unwritten.pop()!)
      // Most keys have the day's row by now, or a later one that another process wrote.
      if (this.#overwrite.run(...values).changes === 0) this.#insert.run(...values)
    }
    if (this.#unwritten.length > 0) return
    this.#deletedUpTo = Math.max(this.#deletedUpTo, Math.min(this.#deletedUpTo + maxDeleted, this.#foldingUpTo))
    this.#deleteUpTo.run(this.#deletedUpTo)
    this.#noteDeletedUpTo.run(this.#deletedUpTo)
    if (this.#deletedUpTo < this.#foldingUpTo) return
    this.#foldingUpTo = 0
    if (this.#known.size > this.#maxKnown) this.#forgetFolded()
  }

  #forgetFolded() {
    for (const known of [...this.#known.values()]) if (!this.#isTallied(known)) this.#known.delete(known.keyId)
  }
}

/** Whether a use of a key is later than another of the same key: a day never goes back, and a day's use only grows. */
function isLater(use: UseOfDay, than: UseOfDay): boolean {
  return use.day > than.day || (use.day === than.day && use.used > than.used)
}
