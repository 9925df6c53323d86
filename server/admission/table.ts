export interface AdmissionTables {
  usage: UsageTable
  refusal: RefusalTable
}

/** What a key used on a day; written only with an admission. */
export interface UsageTable {
  keyId: string
  /** UTC, `2026-01-31` */
  day: string
  /** Admitted requests, at most the quota. */
  used: number
  /** Admitted by the last batch alone, so that its statement can tell how many it got. */
  lastGranted: number
  lastUsedAt: number
  /** Client address of the last admitted request. */
  lastUsedAddress: string
}

/** Refused requests of a known key; written about once a second, so it may lag and a crash may lose the last second. */
export interface RefusalTable {
  keyId: string
  /** UTC, `2026-01-31` */
  day: string
  /** The error's code. */
  code: string
  count: number
}
