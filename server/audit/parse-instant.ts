const shape = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/

/** Milliseconds since 1970 of an ISO 8601 instant with its time zone, or of the beginning of a day in UTC; undefined for anything else. */
export function parseInstant(text: string): number | undefined {
  const ms = shape.test(text) ? Date.parse(text) : Number.NaN
  // A 30th of February would be taken for the 2nd of March.
  const day = text.slice(0, 10)
  const isDay = !Number.isNaN(ms) && new Date(Date.parse(day)).toISOString().slice(0, 10) === day
  return isDay ? ms : undefined
}
