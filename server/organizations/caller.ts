import type { Origin } from '../audit/origin.ts'
import type { Caller } from './authentication.ts'

/** What is asked of a request that nobody need be signed in for. */
interface Asking {
  /** The client's address. */
  readonly address: string
  readonly id: string
  readonly headers: Caller['headers']
}

/** Who asks, as better-auth is told it. */
export function caller({ address, id, headers }: Asking): Caller {
  return { address, requestId: id, headers }
}

/** Where a change comes from. */
export function originOf({ address, id }: Asking): Origin {
  return { address, requestId: id }
}
