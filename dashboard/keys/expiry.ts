export const expiryDays = ['1', '7', '30', '60', '90', '365'] as const
export type ExpiryChoice = `${number}` | 'date' | 'none'

/** What is chosen: a number of days such as `30`, a date (`2027-01-31`), or none. */
export interface ChosenExpiry {
  readonly choice: ExpiryChoice
  readonly date: string
}

const dayMs = 86_400_000
const soonDays = 7

const inWords = new Intl.DateTimeFormat(undefined, { dateStyle: 'full' })
const timeOfDay = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', timeZoneName: 'short' })
const number = new Intl.NumberFormat('en')

/** What to ask the server for. A date lasts to its end in the reader's zone. */
export function askedExpiry({ choice, date }: ChosenExpiry): { expiresInDays: number } | { expiresAt: string } | Record<never, never> {
  if (choice === 'none') return {}
  if (choice === 'date') return { expiresAt: endOfLocalDay(date)?.toISOString() ?? '' }
  return { expiresInDays: Number(choice) }
}

/** When a key would expire if it were asked for now; null: never; undefined: no date is chosen yet. */
export function expectedExpiry({ choice, date }: ChosenExpiry, now: Date): Date | null | undefined {
  if (choice === 'none') return null
  if (choice === 'date') return endOfLocalDay(date)
  return new Date(now.getTime() + Number(choice) * dayMs)
}

/** A day of the reader's zone as a field for dates writes it. */
export function localDay(at: Date): string {
  const two = (part: number) => String(part).padStart(2, '0')
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
}

/** An instant in the reader's zone: `Sunday, 31 January 2027, 13:00 CET`. */
export function localWords(at: Date): string {
  return `${inWords.format(at)}, ${timeOfDay.format(at)}`
}

/** Hour and minute of an instant in the reader's zone, which is named. */
export function timeInWords(at: Date): string {
  return timeOfDay.format(at)
}

/** How long an active key still lasts, when that is a week or less: `Expires in 5 days`. */
export function expiresSoon(expiresAt: string | null, now: Date): string | undefined {
  if (expiresAt === null) return undefined
  const leftMs = Date.parse(expiresAt) - now.getTime()
  if (Math.round(leftMs / dayMs) > soonDays) return undefined
  if (leftMs < 60_000) return 'Expires now'
  const [count, unit] =
    leftMs >= 1.5 * dayMs
      ? [Math.round(leftMs / dayMs), 'day']
      : leftMs >= 5_400_000
        ? [Math.round(leftMs / 3_600_000), 'hour']
        : [Math.round(leftMs / 60_000), 'minute']
  return `Expires in ${count} ${unit}${count === 1 ? '' : 's'}`
}

/** `312 / 2,000`. */
export function usedText({ used, quota }: { readonly used: number; readonly quota: number }): string {
  return `${number.format(used)} / ${number.format(quota)}`
}

export function countText(count: number): string {
  return number.format(count)
}

function endOfLocalDay(date: string): Date | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(date)
  return match === null ? undefined : new Date(Number(match[1]), Number(match[2]) - 1, Number(match[3]), 23, 59, 59)
}
