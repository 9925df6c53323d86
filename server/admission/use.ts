import type { UseOfDay } from './table.ts'

const hourMs = 3_600_000
const hoursOfDay = 24

/** Which of a key's two live secrets made a request, and from where. */
export interface UsedSecret {
  readonly number: number
  readonly address: string
}

export interface LastUse {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly address: string
}

/** What is added to a key's use by one batch. */
export interface Addition {
  readonly keyId: string
  /** The day it counts on: that of `last`, or a later one. */
  readonly day: string
  readonly granted: number
  readonly now: number
  /** The secrets that were used, of each kind of number the one last granted. */
  readonly odd: UsedSecret | undefined
  readonly even: UsedSecret | undefined
}

type Times = Pick<UseOfDay, 'oddUsedAt' | 'oddUsedAddress' | 'evenUsedAt' | 'evenUsedAddress'>
type Slots = Times & Pick<UseOfDay, 'oddSecret' | 'evenSecret'>

/** A key's use after a batch, from what it was before; the statement of the PostgreSQL gate says the same. A time never goes back within a day. */
export function useAfter(last: UseOfDay | undefined, { keyId, day, granted, now, odd, even }: Addition): UseOfDay {
  const before = last?.day === day ? last : undefined
  const lastAt = before === undefined ? undefined : lastUse(before)!.at
  return {
    keyId,
    day,
    used: (before?.used ?? 0) + granted,
    hours: before === undefined ? '' : before.hours + (hourOf(now) > hourOf(lastAt!) ? `${hourText(lastAt!)}:${before.used} ` : ''),
    oddSecret: odd?.number ?? before?.oddSecret ?? null,
    oddUsedAt: odd === undefined ? (before?.oddUsedAt ?? null) : Math.max(now, before?.oddUsedAt ?? 0),
    oddUsedAddress: odd?.address ?? before?.oddUsedAddress ?? null,
    evenSecret: even?.number ?? before?.evenSecret ?? null,
    evenUsedAt: even === undefined ? (before?.evenUsedAt ?? null) : Math.max(now, before?.evenUsedAt ?? 0),
    evenUsedAddress: even?.address ?? before?.evenUsedAddress ?? null,
  }
}

/** The last use of a key, by whichever secret; undefined where there was none. */
export function lastUse({ oddUsedAt, oddUsedAddress, evenUsedAt, evenUsedAddress }: Times): LastUse | undefined {
  if (oddUsedAt !== null && oddUsedAt >= (evenUsedAt ?? 0)) return { at: oddUsedAt, address: oddUsedAddress! }
  return evenUsedAt === null ? undefined : { at: evenUsedAt, address: evenUsedAddress! }
}

/** The last use of one of a key's secrets on a day; undefined where there was none. */
export function lastUseOfSecret(use: Slots, number: number): LastUse | undefined {
  const { oddSecret, oddUsedAt, oddUsedAddress, evenSecret, evenUsedAt, evenUsedAddress } = use
  if (oddSecret === number) return { at: oddUsedAt!, address: oddUsedAddress! }
  if (evenSecret === number) return { at: evenUsedAt!, address: evenUsedAddress! }
  return undefined
}

/** How many requests were admitted in each hour of a day, from 00 to 23 UTC. */
export function admittedByHour(use: Pick<UseOfDay, 'used' | 'hours'> & Times): number[] {
  const byHour = Array.from({ length: hoursOfDay }, () => 0)
  let before = 0
  const ends = [...use.hours.matchAll(/(\d\d):(\d+) /g)].map(([, hour, used]) => ({ hour: Number(hour), used: Number(used) }))
  ends.push({ hour: hourOf(lastUse(use)?.at ?? 0) % hoursOfDay, used: use.used })
  for (const { hour, used } of ends) {
    byHour[hour]! += used - before
    before = used
  }
  return byHour
}

/** The hour of an instant, counted from 1970. */
function hourOf(instantMs: number): number {
  return Math.floor(instantMs / hourMs)
}

function hourText(instantMs: number): string {
  return String(hourOf(instantMs) % hoursOfDay).padStart(2, '0')
}
