import { LeafPadError } from '../errors.ts'

const dayMs = 86_400_000

export const maxExpiryDays = 3_650

/** RFC 3339, section 5.6, with the seconds optional; upper case only. */
const instantPattern = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:Z|([+-])(\d\d):(\d\d))$/

/** When a key shall expire: at an instant, or after a number of days. Neither: never. */
export interface AskedExpiry {
  /** ISO 8601 with its time zone. */
  readonly expiresAt?: string | undefined
  /** Days of 86,400,000 ms each, 1 to 3650. */
  readonly expiresInDays?: number | undefined
}

/**
 * The instant that is asked for, in milliseconds, or null for none. Throws `invalid_expiry`, saying what to write, when it is
 * no instant, not after `now`, or more than ten years after it.
 */
export function parseExpiry({ expiresAt, expiresInDays }: AskedExpiry, now: number): number | null {
  const example = new Date(now + 90 * dayMs).toISOString()
  if (expiresAt !== undefined && expiresInDays !== undefined) throw invalidExpiry('Write either expiresAt or expiresInDays, not both.')
  if (expiresInDays !== undefined) {
    if (Number.isInteger(expiresInDays) && expiresInDays >= 1 && expiresInDays <= maxExpiryDays) return now + expiresInDays * dayMs
    throw invalidExpiry(`expiresInDays must be a whole number from 1 to ${maxExpiryDays}.`)
  }
  if (expiresAt === undefined) return null
  const instant = parseInstant(expiresAt)
  if (instant === undefined) {
    throw invalidExpiry(`expiresAt must be an instant with its time zone, such as ${example} or ${example.slice(0, 19)}+01:00.`)
  }
  if (instant <= now) {
    throw invalidExpiry(
      `expiresAt is not in the future: it is ${new Date(now).toISOString()} now. Write a later instant, such as ${example}; to end a key at once, revoke it.`,
    )
  }
  const latest = tenYearsAfter(now)
  if (instant > latest) throw invalidExpiry(`expiresAt may be ten years away at most: ${new Date(latest).toISOString()} or earlier.`)
  return instant
}

/**
 * Milliseconds since 1970 of an RFC 3339 instant, finer fractions cut off; undefined for what is none, a date that does not
 * exist included.
 */
function parseInstant(text: string): number | undefined {
  const match = instantPattern.exec(text)
  if (match === null) return undefined
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((digits) => Number(digits ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const [fraction = '', sign, offsetHour = '0', offsetMinute = '0'] = match.slice(7)
  const local = new Date(0)
  local.setUTCFullYear(year, month - 1, day)
  // Months and days that do not exist would silently become the next ones.
  if (local.getUTCMonth() !== month - 1 || local.getUTCDate() !== day) return undefined
  if (hour > 23 || minute > 59 || second > 59 || Number(offsetHour) > 23 || Number(offsetMinute) > 59) return undefined
  local.setUTCHours(hour, minute, second, Number(fraction.padEnd(3, '0').slice(0, 3)))
  const offsetMs = (Number(offsetHour) * 60 + Number(offsetMinute)) * 60_000
  return local.getTime() - (sign === '-' ? -offsetMs : offsetMs)
}

function tenYearsAfter(now: number): number {
  const date = new Date(now)
  return date.setUTCFullYear(date.getUTCFullYear() + 10)
}

export function invalidExpiry(detail: string): LeafPadError {
  return new LeafPadError('invalid_expiry', { detail })
}
