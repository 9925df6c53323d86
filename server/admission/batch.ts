import type { Permission, Role } from '../organizations/roles.ts'
import { TextMap } from './text-map.ts'
import { type Asked, type FoundKey, refuse, type Verdict } from './verdict.ts'

/** Requests of a batch that the database need not tell apart. */
export interface Group {
  readonly secretHash: string
  readonly permission: Permission
  readonly address: string
  /** Positions in the batch. */
  readonly positions: number[]
}

/**
 * A batch as groups, in the order in which a quota that runs out within the batch is granted. Requests of one batch are
 * concurrent, so any order among them is a fair one; what counts is that the database and `judge` use the same.
 */
export function groupBatch(batch: readonly Asked[]): Group[] {
  const groups: Group[] = []
  const bySecret = new TextMap<Group[]>()
  for (let position = 0; position < batch.length; position++) {
    const { secretHash, permission, address } = batch[position]!
    const ofSecret = bySecret.get(secretHash)
    const alike = ofSecret?.find((group) => group.permission === permission && group.address === address)
    if (alike !== undefined) {
      alike.positions.push(position)
      continue
    }
    const group = { secretHash, permission, address, positions: [position] }
    groups.push(group)
    if (ofSecret === undefined) bySecret.set(secretHash, [group])
    else ofSecret.push(group)
  }
  return groups
}

/** What a key got of its quota in a batch. */
export interface Grant {
  readonly day: string
  /** Admitted that day before this batch. */
  readonly usedBefore: number
  /** Admitted by this batch. */
  readonly granted: number
}

/** What the database found of a group whose secret is known. */
export interface Found {
  readonly key: FoundKey
  /** The same object for all groups of a key; undefined only where more than a permission or the quota refuses the request. */
  readonly grant: Grant | undefined
}

/** What the database found and counted for a batch. */
export interface Outcome {
  /** The database's time of the verdict. */
  readonly now: number
  readonly quota: number
  /** By the position of the group. */
  readonly found: readonly (Found | undefined)[]
}

/** The verdicts of a batch in its order, from what the database found and counted; beside those of its other groups in `verdicts`, if there are any. */
export function judge(groups: readonly Group[], { now, quota, found }: Outcome, verdicts: Verdict[] = []): Verdict[] {
  const admittedOf = new Map<Grant, number>()
  for (let index = 0; index < groups.length; index++) {
    const group = groups[index]!
    const { positions } = group
    const refused = refuse(found[index]?.key, group, now)
    if (refused !== undefined && refused.code !== 'missing_permission') {
      for (const position of positions) verdicts[position] = refused
      continue
    }
    const { key, grant } = found[index] as { key: FoundKey & { readonly role: Role }; grant: Grant }
    const { day, usedBefore, granted } = grant
    if (refused !== undefined) {
      const told = { ...refused, count: { day, now, quota, used: usedBefore + granted } }
      for (const position of positions) verdicts[position] = told
      continue
    }
    let admitted = admittedOf.get(grant) ?? 0
    for (const position of positions) {
      verdicts[position] =
        admitted < granted
          ? { admitted: true, key, count: { day, now, quota, used: usedBefore + ++admitted } }
          : { admitted: false, code: 'quota_exceeded', key, count: { day, now, quota, used: usedBefore + granted } }
    }
    admittedOf.set(grant, admitted)
  }
  return verdicts
}
