/**
 * What clients of several servers saw, and what is there at the end. All instants without a unit in their name are of the one clock of
 * the process that drives the clients, which never goes back: milliseconds.
 */
export interface History {
  readonly requests: Asked[]
  readonly endings: Ending[]
  readonly clock: Clock[]
  readonly keys: Created[]
}

/** A request with a key. */
export interface Asked {
  readonly key: string
  /** The number of the secret it was sent with. */
  readonly secret: number
  readonly begun: number
  readonly ended: number
  /** The name of the document it writes; null: it reads. */
  readonly writes: string | null
  /** `unknown`: no answer, or a 503. What no client should ever be told is its own text. */
  readonly answer: 'admitted' | 'refused' | 'quota_exceeded' | 'unknown' | `unexpected: ${string}`
  /** The UTC day it counted on, or null where the answer does not tell. */
  readonly day: string | null
}

export type How = 'revoke' | 'removal' | 'lowered role' | 'organization' | 'account' | 'rotation' | 'policy' | 'networks'

/** An attempt to end a key, or what its owner may do. A lowered role ends writing alone, a rotation the secrets before the new one. */
export interface Ending {
  readonly key: string
  readonly how: How
  readonly begun: number
  readonly ended: number
  /** False: there was no answer, or a 503; it may have happened or not. */
  readonly acknowledged: boolean
  /** The number of the secret that a rotation made; null: it was none, or had no answer. */
  readonly newest: number | null
  /** What documents of the key were there after the acknowledgement; null where it was not looked. */
  readonly documents: readonly string[] | null
}

/** The database's clock as it was read: at `ended` it was `now` or later. */
export interface Clock {
  readonly ended: number
  /** Milliseconds since 1970, UTC. */
  readonly now: number
}

/** A key whose generation was acknowledged. */
export interface Created {
  readonly key: string
  /** Milliseconds since 1970 by the database's clock; null: never. */
  readonly expiresAt: number | null
  /** It was given no permission to write. */
  readonly readOnly: boolean
}

/** What the database has once all is quiet. */
export interface Final {
  readonly keys: readonly FinalKey[]
  readonly used: readonly { readonly key: string; readonly day: string; readonly used: number }[]
  readonly documents: readonly FinalDocument[]
  /** What the dashboard shows a key to have used of `day`. */
  readonly shown: readonly { readonly key: string; readonly day: string; readonly used: number }[]
}

export interface FinalDocument {
  readonly name: string
  readonly key: string
  /** Whether its file is there and has what was written: clients write the name. */
  readonly whole: boolean
}

export interface FinalKey {
  readonly key: string
  readonly revoked: boolean
  /** Its organization's policy wants an expiry, or names networks. */
  readonly blocked: boolean
  /** The present role of the membership it was made under; null: that is gone. */
  readonly role: string | null
}

/** An empty one, to be filled while clients run. */
export function newHistory(): History {
  return { requests: [], endings: [], clock: [], keys: [] }
}
