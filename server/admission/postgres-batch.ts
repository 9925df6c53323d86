import { type Found, type Grant, type Group, judge } from './batch.ts'
import { GateUnavailableError } from './gate.ts'
import { type KeyColumns, toFoundKey } from './key-columns.ts'
import { TextMap } from './text-map.ts'
import { type FoundKey, refuse, type Verdict } from './verdict.ts'

/** What is asked of one run of PostgreSQL's statement. */
export interface Asking {
  readonly groups: readonly Group[]
  /** How many requests of each group are asked for, its first ones. Of a key all of them are granted or none. */
  readonly counts: readonly number[]
}

/** What is told of each group whose secret is known. */
export type Row = [
  /** From 1 on. */
  position: number,
  /** The same in all rows. */
  now: number,
  day: string,
  /** As many as were asked for, 0 without the permission, null where more than that is missing. */
  eligible: number | null,
  /** What the day has used with this grant; null: nothing was granted. */
  used: number | null,
  /** What it had used when the statement began, where nothing was granted. */
  usedUngranted: number | null,
  /** Null also where the policy does not ask for it. */
  lastUsedAt: number | null,
  ...key: KeyColumns,
]

/** What a run granted a key. */
interface GrantOfRun extends Grant {
  usedBefore: number
  granted: number
  /** Requests of the key that nothing but the quota can refuse, whether they were asked for or not. */
  wanted: number
}

interface FoundGroup extends Found {
  readonly grant: GrantOfRun | undefined
  /** Whether nothing but the quota can refuse it. */
  readonly isEligible: boolean
}

/**
 * Puts the verdicts of a run into `verdicts`, and gives what the next run is to be asked; mostly there is none. Where a key's day has something left
 * for requests that were not granted, as many of them are asked for as it has. Another run may find less, but only if others were granted it.
 */
export function settle(asking: Asking, rows: readonly Row[], quota: number, verdicts: Verdict[]): Asking | undefined {
  const now = rows[0]?.[1] ?? 0
  const { found, grants } = read(asking, rows)
  const left = new Map<GrantOfRun, number>()
  for (const grant of grants) {
    const leftOfDay = quota - grant.usedBefore - grant.granted
    if (grant.wanted > grant.granted && leftOfDay > 0) left.set(grant, leftOfDay)
  }
  // Those that are asked for again get another verdict then.
  judge(asking.groups, { now, quota, found }, verdicts)
  return left.size === 0 ? undefined : askAgain(asking, found, left)
}

/** The requests that were not granted of keys whose day has something left, in the order of the batch, and as many of them asked for as it has. */
function askAgain({ groups, counts }: Asking, found: readonly (FoundGroup | undefined)[], left: Map<GrantOfRun, number>): Asking {
  const next: { groups: Group[]; counts: number[] } = { groups: [], counts: [] }
  for (const [index, group] of groups.entries()) {
    const { grant, isEligible } = found[index] ?? { isEligible: false }
    const leftOfDay = isEligible ? left.get(grant!) : undefined
    if (leftOfDay === undefined) continue
    const positions = group.positions.slice(grant!.granted > 0 ? counts[index]! : 0)
    const count = Math.min(positions.length, leftOfDay)
    left.set(grant!, leftOfDay - count)
    next.groups.push({ ...group, positions })
    next.counts.push(count)
  }
  return next
}

/** What was found of each group, and what the keys were granted. */
function read({ groups, counts }: Asking, rows: readonly Row[]) {
  const found: (FoundGroup | undefined)[] = []
  const grants = new TextMap<GrantOfRun>()
  for (const [position, now, day, eligible, used, usedUngranted, lastUsedAt, ...columns] of rows) {
    const index = position - 1
    const group = groups[index]!
    const key = toFoundKey(columns, lastUsedAt ?? undefined)
    const isEligible = compare(group, counts[index]!, key, now, eligible)
    if (eligible === null) {
      found[index] = { key, grant: undefined, isEligible }
      continue
    }
    let grant = grants.get(key.keyId)
    if (grant === undefined) {
      grant = { day, usedBefore: used ?? usedUngranted!, granted: 0, wanted: 0 }
      grants.set(key.keyId, grant)
    }
    if (used !== null) {
      grant.granted += eligible
      grant.usedBefore -= eligible
    }
    if (isEligible) grant.wanted += group.positions.length
    found[index] = { key, grant, isEligible }
  }
  return { found, grants: grants.values() }
}

/** The statement and `refuse` say the same rule in two languages; should they ever differ, nobody is admitted. Whether nothing but the quota can refuse. */
function compare(group: Group, count: number, key: FoundKey, now: number, eligible: number | null): boolean {
  const refused = refuse(key, group, now)
  const expected = refused === undefined ? count : refused.code === 'missing_permission' ? 0 : null
  if (eligible !== expected) throw new GateUnavailableError('the statement and the verdict disagree')
  return refused === undefined
}
