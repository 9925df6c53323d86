import type { DatabaseSync } from 'node:sqlite'
import type { Permission } from '../organizations/roles.ts'
import { countingDay } from './day.ts'
import { SqliteTally } from './sqlite-tally.ts'
import type { UseOfDay } from './table.ts'
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

/** What was found and counted, as columns by the position of the key. Those of its last three are of the Grant type. */
export interface SqliteOutcome {
  readonly now: number
  /** The key of each group; -1: none. */
  readonly keyPositions: readonly number[]
  readonly keys: { readonly [Field in keyof FoundKey]: FoundKey[Field][] }
  readonly days: readonly (string | null)[]
  readonly usedBefore: readonly number[]
  readonly granted: readonly number[]
}

interface Found {
  readonly key: FoundKey
  /** The key's last day in `usage`. */
  readonly written: UseOfDay | undefined
  counting: Counting | undefined
}

interface Counting {
  readonly day: string
  readonly usedBefore: number
  readonly lastUsedAt: number
  granted: number
  address: string
}

export interface SqliteDecider {
  /**
   * Decides one batch in one transaction, which is on disk when this returns: blocks its thread for the commit. Throws when the
   * database cannot be asked; then nothing of the batch was counted, save that a commit which failed half-way may have been.
   */
  decide(batch: SqliteBatch): SqliteOutcome
  /** Moves all that is in the tally to `usage`; for when nothing is to be decided. */
  fold(): void
}

export function createSqliteDecider(connection: DatabaseSync): SqliteDecider {
  const begin = connection.prepare('begin immediate')
  const commit = connection.prepare('commit')
  const rollback = connection.prepare('rollback')
  // Cross joins are carried out in the order they are written in: from the hashes that are asked for, by index, to their rows.
  const findKeys = connection.prepare(`
    select asked.key, k.id, k."organizationId", k."memberId", k."userId", m.role, k."expiresAt", k."revokedAt",
      u.day, u.used, u."lastUsedAt", u."lastUsedAddress"
    from json_each(?) asked
    cross join secret s on s.hash = asked.value
    cross join key k on k.id = s."keyId"
    left join member m on m.id = k."memberId"
    left join usage u on u."keyId" = k.id and u.day = (select max(day) from usage where "keyId" = k.id)`)
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
    const { found, keyPositions } = find(batch.secretHashes)
    for (let group = 0; group < keyPositions.length; group++) {
      const one = found[keyPositions[group]!]
      if (one === undefined) continue
      const refused = refuse(one.key, batch.permissions[group]!, now)
      if (refused !== undefined && refused.code !== 'missing_permission') continue
      one.counting ??= startCounting(one, now)
      if (refused !== undefined) continue
      const left = batch.quota - one.counting.usedBefore - one.counting.granted
      if (left <= 0) continue
      one.counting.granted += Math.min(left, batch.counts[group]!)
      one.counting.address = batch.addresses[group]!
    }
    for (const { key, counting } of found) {
      if (counting === undefined || counting.granted === 0) continue
      const { day, usedBefore, granted, lastUsedAt, address } = counting
      tally.append({ keyId: key.keyId, day, used: usedBefore + granted, lastUsedAt, lastUsedAddress: address })
    }
    tally.foldSome()
    return toOutcome(now, keyPositions, found)
  }

  /** The keys of the hashes, each once, and the position among them of each hash's. */
  function find(hashes: readonly string[]): { found: Found[]; keyPositions: number[] } {
    const keyPositions = hashes.map(() => -1)
    const found: Found[] = []
    const positions = new Map<string, number>()
    for (const row of findKeys.all(JSON.stringify(hashes)) as unknown as Row[]) {
      const [group, keyId, organizationId, memberId, userId, role, expiresAt, revokedAt, day, used, lastUsedAt, lastUsedAddress] = row
      let position = positions.get(keyId)
      if (position === undefined) {
        const key = { keyId, organizationId, memberId, userId, role, expiresAt, revokedAt }
        const written = day === null ? undefined : { keyId, day, used: used!, lastUsedAt: lastUsedAt!, lastUsedAddress: lastUsedAddress! }
        position = found.push({ key, written, counting: undefined }) - 1
        positions.set(keyId, position)
      }
      keyPositions[group] = position
    }
    return { found, keyPositions }
  }

  function startCounting({ key, written }: Found, now: number): Counting {
    const last = tally.latest(key.keyId, written)
    const day = countingDay(now, last?.day ?? null)
    const usedBefore = last?.day === day ? last.used : 0
    return { day, usedBefore, lastUsedAt: Math.max(now, last?.lastUsedAt ?? 0), granted: 0, address: '' }
  }

  return {
    decide: (batch) => inTransaction(() => decideInTransaction(batch)),
    fold: () => inTransaction(() => tally.foldAll()),
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
  day: string | null,
  used: number | null,
  lastUsedAt: number | null,
  lastUsedAddress: string | null,
]

function toOutcome(now: number, keyPositions: number[], found: readonly Found[]): SqliteOutcome {
  return {
    now,
    keyPositions,
    keys: {
      keyId: found.map(({ key }) => key.keyId),
      organizationId: found.map(({ key }) => key.organizationId),
      memberId: found.map(({ key }) => key.memberId),
      userId: found.map(({ key }) => key.userId),
      role: found.map(({ key }) => key.role),
      expiresAt: found.map(({ key }) => key.expiresAt),
      revokedAt: found.map(({ key }) => key.revokedAt),
    },
    days: found.map(({ counting }) => counting?.day ?? null),
    usedBefore: found.map(({ counting }) => counting?.usedBefore ?? 0),
    granted: found.map(({ counting }) => counting?.granted ?? 0),
  }
}
