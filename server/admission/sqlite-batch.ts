import type { DatabaseSync } from 'node:sqlite'
import type { Permission } from '../organizations/roles.ts'
import type { Grant } from './batch.ts'
import { countingDay } from './day.ts'
import { idleSince, isLimited } from './limits.ts'
import { SqliteTally } from './sqlite-tally.ts'
import type { UseOfDay } from './table.ts'
import { lastUse, type UsedSecret, useAfter } from './use.ts'
import { type FoundKey, refuse } from './verdict.ts'

/** The groups of a batch as columns: one cheap message between threads. */
export interface SqliteBatch {
  readonly secretHashes: readonly string[]
  readonly permissions: readonly Permission[]
  readonly addresses: readonly string[]
  readonly counts: readonly number[]
  readonly quota: number
  readonly clockOffsetMs: number
}

/** What was found and counted, as columns: one entry for each group whose secret is known, and for each key that was counted. */
export interface SqliteOutcome {
  readonly now: number
  /** The group's position in the batch. */
  readonly groups: readonly number[]
  /** What limits a key is told only where the request was refused. */
  readonly keys: { readonly [Field in keyof FoundKey]: FoundKey[Field][] }
  readonly grants: { readonly [Field in keyof Grant]: Grant[Field][] }
  /** Which of the grants is that of the group's key; null: the key is refused whatever is asked. */
  readonly grantOf: readonly (number | null)[]
}

interface Found {
  readonly group: number
  readonly key: FoundKey
  /** The key's use on the last day that has any. */
  readonly last: UseOfDay | undefined
  counting: Counting | undefined
  /** By anything but the quota. */
  isRefused: boolean
}

/** What a key is granted in a batch, whichever of its secrets is sent. */
interface Counting {
  /** Among those of its batch. */
  readonly position: number
  readonly day: string
  readonly last: UseOfDay | undefined
  readonly usedBefore: number
  granted: number
  odd: UsedSecret | undefined
  even: UsedSecret | undefined
}

export interface SqliteDecider {
  /**
   * Decides one batch in one transaction, which is on disk when this returns: blocks its thread for the commit. Throws when the
   * database cannot be asked; then nothing of the batch was counted, save that a commit which failed half-way may have been.
   */
  decide(batch: SqliteBatch): SqliteOutcome
  /** Moves a part of what is in the tally to `usage`; for when nothing is to be decided. False once all is moved. */
  fold(): boolean
}

export function createSqliteDecider(connection: DatabaseSync): SqliteDecider {
  const begin = connection.prepare('begin immediate')
  const commit = connection.prepare('commit')
  const rollback = connection.prepare('rollback')
  // Cross joins are carried out in the order they are written in: from the hashes that are asked for, by index, to their rows.
  const findKeys = connection.prepare(`
    select asked.key, k.id, k."organizationId", k."memberId", k."userId", m.role, k."expiresAt", k."revokedAt", s.number, s."endsAt",
      k.permissions, k.networks, k."createdAt", k."idleLiftedAt", p."maxLifetimeDays", p."needsExpiry", p."maxIdleDays", p.networks
    from json_each(?) asked
    cross join secret s on s.hash = asked.value
    cross join key k on k.id = s."keyId"
    left join member m on m.id = k."memberId"
    left join policy p on p."organizationId" = k."organizationId"`)
  findKeys.setReturnArrays(true)
  const tally = new SqliteTally(connection)

  function inTransaction<Result>(run: () => Result): Result {
    begin.run()
    try {
      tally.catchUp()
      const result = run()
      commit.run()
      return result
    } catch (error) {
      tally.forget()
      if (connection.isTransaction) rollback.run()
      throw error
    }
  }

  function decideInTransaction(batch: SqliteBatch): SqliteOutcome {
    // Read after the lock was had: a request that waited for it is judged by the time at which it is judged.
    const now = Date.now() + batch.clockOffsetMs
    const found = find(batch.secretHashes)
    const countings = new Map<string, Counting>()
    for (const one of found) {
      const { group, key } = one
      const refused = refuse(key, { permission: batch.permissions[group]!, address: batch.addresses[group]! }, now)
      one.isRefused = refused !== undefined
      if (refused !== undefined && refused.code !== 'missing_permission') continue
      let counting = countings.get(key.keyId)
      if (counting === undefined) {
        counting = startCounting(one, now, countings.size)
        countings.set(key.keyId, counting)
      }
      one.counting = counting
      if (refused !== undefined) continue
      const left = batch.quota - counting.usedBefore - counting.granted
      if (left <= 0) continue
      counting.granted += Math.min(left, batch.counts[group]!)
      counting[key.secretNumber % 2 === 1 ? 'odd' : 'even'] = { number: key.secretNumber, address: batch.addresses[group]! }
    }
    for (const [keyId, { day, last, granted, odd, even }] of countings) {
      if (granted > 0) tally.append(useAfter(last, { keyId, day, granted, now, odd, even }))
    }
    tally.foldSome()
    return toOutcome(now, found, [...countings.values()])
  }

  /** The key of each group that has one, in the order of the groups. */
  function find(hashes: readonly string[]): Found[] {
    const rows = findKeys.all(JSON.stringify(hashes)) as unknown as Row[]
    const uses = tally.latest(rows.map(([, keyId]) => keyId))
    return rows.map((row, index) => toFound(row, uses[index]))
  }

  function toFound(row: Row, last: UseOfDay | undefined): Found {
    const [group, keyId, organizationId, memberId, userId, role, expiresAt, revokedAt, secretNumber, secretEndsAt, ...more] = row
    const [permissions, networks, createdAt, idleLiftedAt, maxLifetimeDays, needsExpiry, maxIdleDays, policyNetworks] = more
    const rules = { permissions, networks, maxLifetimeDays, needsExpiry: needsExpiry ?? 0, maxIdleDays, policyNetworks }
    const limits = isLimited(rules)
      ? { ...rules, createdAt, idleSince: idleSince(createdAt, idleLiftedAt, last && lastUse(last)!.at) }
      : null
    const key = { keyId, organizationId, memberId, userId, role, expiresAt, revokedAt, secretNumber, secretEndsAt, limits }
    return { group, key, last, counting: undefined, isRefused: false }
  }

  function startCounting({ last }: Found, now: number, position: number): Counting {
    const day = countingDay(now, last?.day ?? null)
    return { position, day, last, usedBefore: last?.day === day ? last.used : 0, granted: 0, odd: undefined, even: undefined }
  }

  return {
    decide: (batch) => inTransaction(() => decideInTransaction(batch)),
    fold: () => inTransaction(() => tally.foldPart()),
  }
}

type Row = [
  group: number,
  keyId: string,
  organizationId: string,
  memberId: string,
  userId: string,
  role: string | null,
  expiresAt: number | null,
  revokedAt: number | null,
  secretNumber: number,
  secretEndsAt: number | null,
  permissions: string | null,
  networks: string | null,
  createdAt: number,
  idleLiftedAt: number | null,
  /** The next four are null where there is no policy. */
  maxLifetimeDays: number | null,
  needsExpiry: number | null,
  maxIdleDays: number | null,
  policyNetworks: string | null,
]

function toOutcome(now: number, found: readonly Found[], countings: readonly Counting[]): SqliteOutcome {
  return {
    now,
    groups: found.map(({ group }) => group),
    keys: {
      keyId: found.map(({ key }) => key.keyId),
      organizationId: found.map(({ key }) => key.organizationId),
      memberId: found.map(({ key }) => key.memberId),
      userId: found.map(({ key }) => key.userId),
      role: found.map(({ key }) => key.role),
      expiresAt: found.map(({ key }) => key.expiresAt),
      revokedAt: found.map(({ key }) => key.revokedAt),
      secretNumber: found.map(({ key }) => key.secretNumber),
      secretEndsAt: found.map(({ key }) => key.secretEndsAt),
      // Most of what would go between the threads, and of use only to say what refuses.
      limits: found.map(({ key, isRefused }) => (isRefused ? key.limits : null)),
    },
    grants: {
      day: countings.map(({ day }) => day),
      usedBefore: countings.map(({ usedBefore }) => usedBefore),
      granted: countings.map(({ granted }) => granted),
    },
    grantOf: found.map(({ counting }) => counting?.position ?? null),
  }
}
