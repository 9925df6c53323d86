import type { DatabaseSync } from 'node:sqlite'
import type { Permission } from '../organizations/roles.ts'
import { countingDay } from './day.ts'
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

/** What was found and counted. The columns of `grants` are those of the Grant type, by the position of the key in `keys`. */
export interface SqliteOutcome {
  readonly now: number
  /** The key of each group; -1: none. */
  readonly keyPositions: readonly number[]
  readonly keys: readonly FoundKey[]
  readonly days: readonly (string | null)[]
  readonly usedBefore: readonly number[]
  readonly granted: readonly number[]
}

interface Counting {
  day: string
  usedBefore: number
  granted: number
  address: string
}

/**
 * Decides one batch in one transaction, which is on disk when this returns: blocks its thread for the commit. Throws when the
 * database cannot be asked; then nothing of the batch was counted, save that a commit which failed half-way may have been.
 */
export function createSqliteDecider(connection: DatabaseSync): (batch: SqliteBatch) => SqliteOutcome {
  const begin = connection.prepare('begin immediate')
  const commit = connection.prepare('commit')
  const rollback = connection.prepare('rollback')
  const findKey = connection.prepare(`
    select k.id, k."organizationId", k."memberId", k."userId", m.role, k."expiresAt", k."revokedAt"
    from secret s
    join key k on k.id = s."keyId"
    left join member m on m.id = k."memberId"
    where s.hash = ?`)
  findKey.setReturnArrays(true)
  const findLastCount = connection.prepare('select day, used from usage where "keyId" = ? order by day desc limit 1')
  findLastCount.setReturnArrays(true)
  const count = connection.prepare(`
    insert into usage ("keyId", day, used, "lastGranted", "lastUsedAt", "lastUsedAddress") values (?, ?, ?, ?, ?, ?)
    on conflict ("keyId", day) do update set
      used = excluded.used,
      "lastGranted" = excluded."lastGranted",
      "lastUsedAt" = max("lastUsedAt", excluded."lastUsedAt"),
      "lastUsedAddress" = excluded."lastUsedAddress"`)

  function decideInTransaction(batch: SqliteBatch): SqliteOutcome {
    // Read after the lock was had: a request that waited for it is judged by the time at which it is judged.
    const now = Date.now() + batch.clockOffsetMs
    const keys: FoundKey[] = []
    const countings: (Counting | undefined)[] = []
    const keyPositions: number[] = []
    const positionByHash = new Map<string, number>()
    const positionById = new Map<string, number>()
    for (let group = 0; group < batch.secretHashes.length; group++) {
      const hash = batch.secretHashes[group]!
      let position = positionByHash.get(hash)
      if (position === undefined) {
        position = -1
        const row = findKey.get(hash) as unknown as unknown[] | undefined
        if (row !== undefined) {
          const key = toFoundKey(row)
          position = positionById.get(key.keyId) ?? keys.push(key) - 1
          positionById.set(key.keyId, position)
        }
        positionByHash.set(hash, position)
      }
      keyPositions.push(position)
      const key = keys[position]
      if (key === undefined) continue
      const refused = refuse(key, batch.permissions[group]!, now)
      if (refused !== undefined && refused.code !== 'missing_permission') continue
      let counting = countings[position]
      if (counting === undefined) {
        counting = startCounting(key.keyId, now)
        countings[position] = counting
      }
      if (refused !== undefined) continue
      const left = batch.quota - counting.usedBefore - counting.granted
      if (left <= 0) continue
      counting.granted += Math.min(left, batch.counts[group]!)
      counting.address = batch.addresses[group]!
    }
    for (let position = 0; position < keys.length; position++) {
      const counting = countings[position]
      if (counting === undefined || counting.granted === 0) continue
      const { day, usedBefore, granted, address } = counting
      count.run(keys[position]!.keyId, day, usedBefore + granted, granted, now, address)
    }
    return {
      now,
      keyPositions,
      keys,
      days: keys.map((_, position) => countings[position]?.day ?? null),
      usedBefore: keys.map((_, position) => countings[position]?.usedBefore ?? 0),
      granted: keys.map((_, position) => countings[position]?.granted ?? 0),
    }
  }

  function startCounting(keyId: string, now: number): Counting {
    const [lastDay, lastUsed] = (findLastCount.get(keyId) ?? [null, 0]) as unknown as [string | null, number]
    const day = countingDay(now, lastDay)
    return { day, usedBefore: day === lastDay ? lastUsed : 0, granted: 0, address: '' }
  }

  return (batch) => {
    begin.run()
    try {
      const outcome = decideInTransaction(batch)
      commit.run()
      return outcome
    } catch (error) {
      if (connection.isTransaction) rollback.run()
      throw error
    }
  }
}

function toFoundKey(row: unknown[]): FoundKey {
  const [keyId, organizationId, memberId, userId, role, expiresAt, revokedAt] = row as [
    string,
    string,
    string,
    string,
    string | null,
    number | null,
    number | null,
  ]
  return { keyId, organizationId, memberId, userId, role, expiresAt, revokedAt }
}
