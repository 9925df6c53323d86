import type { Generated } from 'kysely'

export interface AdmissionTables {
  /** One row a key and day. On PostgreSQL written with each admission; on SQLite a while after it, from the tally. */
  usage: UseOfDay
  tally: TallyTable
  refusal: RefusalTable
  request: RequestTable
}

/** What a key used on a day. */
export interface UseOfDay {
  keyId: string
  /** UTC, `2026-01-31` */
  day: string
  /** Admitted requests, at most the quota. */
  used: number
  /** What had been used at the end of each hour that had use, the last of them aside: `09:120 10:350 `. */
  hours: string
  /** The key's secret with an odd number that was used last: its number, when, and from which client address; null: none that day. */
  oddSecret: number | null
  oddUsedAt: number | null
  oddUsedAddress: string | null
  /** The same of those with an even number. Of a key's two live secrets one is odd. */
  evenSecret: number | null
  evenUsedAt: number | null
  evenUsedAddress: string | null
}

/**
 * What SQLite's batches counted, a row a key and batch with the key's use after it, until it is in `usage`: of a key's rows there and here the
 * latest holds, which is the one with the latest day and the most used. Always empty on PostgreSQL.
 */
export interface TallyTable extends UseOfDay {
  /** Grows with each row, and is never used twice: up to which rows were deleted is in a table of its own, `tallyEnd`, which the gate alone uses. */
  id: Generated<number>
}

/** Refused requests of a known key; written about once a second, so it may lag and a crash may lose the last second. Kept for 31 days. */
export interface RefusalTable {
  keyId: string
  /** UTC, `2026-01-31T13` */
  hour: string
  /** The error's code. */
  code: string
  count: number
}

/** An answered request of a known key, admitted or not; written as refusals are. Of each key the last hundred are kept, and some more for a while. */
export interface RequestTable {
  /** Grows with each row, and is never used twice: up to which rows were deleted is in a table of its own, `tallyEnd`, which the gate alone uses. */
  id: Generated<number>
  keyId: string
  /** When it was answered, by the process's clock. */
  at: number
  secretNumber: number
  method: string
  /** The route's pattern: `/api/public/v1/knowledge-base/:id`. */
  route: string
  /** The answer's HTTP status. */
  status: number
  /** The answer's error code, if it was an error. */
  code: string | null
  /** The client's address; empty when it was gone before anybody could ask. */
  address: string
  requestId: string
}
