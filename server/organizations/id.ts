import { randomBase62 } from '../base62.ts'

/**
 * A new id: its kind, an underscore and 20 random base62 digits. Those are 119 bits: among a thousand million ids, two are the same with a
 * probability below 10^-18. An id is no secret; nothing opens by knowing one.
 */
export function newId(kind: string): string {
  return `${kind}_${randomBase62(20)}`
}
