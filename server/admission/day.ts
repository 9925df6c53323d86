const dayMs = 86_400_000

let cachedNumber = Number.NaN
let cachedDay = ''
let endedDay = ''
let endedAt = Number.NaN

/** The UTC day of an instant: `2026-01-31`. */
export function dayOf(instantMs: number): string {
  const number = Math.floor(instantMs / dayMs)
  if (number !== cachedNumber) {
    cachedDay = new Date(number * dayMs).toISOString().slice(0, 10)
    cachedNumber = number
  }
  return cachedDay
}

/**
 * The day a request counts on: the day of the database's clock, but never earlier than the key's last counted day, so that a
 * clock that steps back over midnight refunds nothing.
 */
export function countingDay(nowMs: number, lastCountedDay: string | null): string {
  const today = dayOf(nowMs)
  return lastCountedDay !== null && lastCountedDay > today ? lastCountedDay : today
}

/** The instant a day ends, which is when its quota is fresh again: milliseconds since 1970, UTC. */
export function endOfDay(day: string): number {
  // Nearly all requests count on the same day, and each asks.
  if (day !== endedDay) {
    endedAt = Date.parse(`${day}T00:00:00.000Z`) + dayMs
    endedDay = day
  }
  return endedAt
}
