import { endOfDay } from '../admission/day.ts'
import type { Count } from '../admission/verdict.ts'

/** Whole seconds from the moment of the verdict to the end of the day it was counted on, rounded up. */
export function secondsLeft({ day, now }: Count): number {
  return Math.ceil((endOfDay(day) - now) / 1000)
}

/**
 * The headers that tell where a key stands: RateLimit-Policy and RateLimit (draft-ietf-httpapi-ratelimit-headers-11), and the
 * older X-RateLimit-Limit, -Remaining and -Reset. Reset is in seconds from now, as in RateLimit, not an instant.
 */
export function rateLimitHeaders(count: Count): Record<string, string> {
  const left = `${Math.max(0, count.quota - count.used)}`
  const seconds = `${secondsLeft(count)}`
  return {
    'ratelimit-policy': `"daily";q=${count.quota};w=86400`,
    ratelimit: `"daily";r=${left};t=${seconds}`,
    'x-ratelimit-limit': `${count.quota}`,
    'x-ratelimit-remaining': left,
    'x-ratelimit-reset': seconds,
  }
}
