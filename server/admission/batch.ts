import type { Permission, Role } from '../organizations/roles.ts'
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
  const groups = new Map<string, Group>()
  for (let position = 0; position < batch.length; position++) {
    const { secretHash, permission, address } = batch[position]!
    const name = `${secretHash} ${permission} ${address}`
    const group = groups.get(name)
    if (group === undefined) groups.set(name, { secretHash, permission, address, positions: [position] })
    else group.positions.push(position)
  }
  return [...groups.values()]
}

/** What a key got of its quota in a batch. */
export interface Grant {
  readonly day: string
  /** Admitted that day before this batch. */
  readonly usedBefore: number
  /** Admitted by this batch. */
  readonly granted: number
}

/** What the database found and counted for a batch. */
export interface Outcome {
  /** The database's time of the verdict. */
  readonly now: number
  readonly quota: number
  /** By the secret's hash. */
  readonly keys: ReadonlyMap<string, FoundKey>
  /** By the key's id; every key of which more than a permission or the quota could not refuse a request is in it. */
  readonly grants: ReadonlyMap<string, Grant>
}

/** The verdicts of a batch in its order, from what the database found and counted. */
export function judge(groups: readonly Group[], { now, quota, keys, grants }: Outcome): Verdict[] {
  const verdicts: Verdict[] = []
  const admittedByKey = new Map<string, number>()
  for (const group of groups) {
    const { secretHash, positions } = group
    const found = keys.get(secretHash)
    const refused = refuse(found, group, now)
    if (refused !== undefined && refused.code !== 'missing_permission') {
      for (const position of positions) verdicts[position] = refused
      continue
    }
    const key = found as FoundKey & { readonly role: Role }
    const { day, usedBefore, granted } = grants.get(key.keyId)!
    if (refused !== undefined) {
      const told = { ...refused, count: { day, now, quota, used: usedBefore + granted } }
      for (const position of positions) verdicts[position] = told
      continue
    }
    let admitted = admittedByKey.get(key.keyId) ?? 0
    for (const position of positions) {
      verdicts[position] =
        admitted < granted
          ? { admitted: true, key, count: { day, now, quota, used: usedBefore + ++admitted } }
          : { admitted: false, code: 'quota_exceeded', key, count: { day, now, quota, used: usedBefore + granted } }
    }
    admittedByKey.set(key.keyId, admitted)
  }
  return verdicts
}
