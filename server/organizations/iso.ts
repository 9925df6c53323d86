import type { Instant } from './table.ts'

/** An instant of better-auth's columns as answers tell it: ISO 8601 in UTC. */
export function iso(instant: Instant): string {
  return new Date(instant).toISOString()
}
