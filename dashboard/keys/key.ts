import type { KeyAnswer } from '../../server/keys/schema.ts'

/** A key as the server tells of it. */
export type Key = KeyAnswer

export type KeyStatus = Key['status']

/** One of its secrets that have not ended. */
export type Secret = Key['secrets'][number]
