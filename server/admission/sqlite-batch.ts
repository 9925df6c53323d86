import type { DatabaseSync } from 'node:sqlite'
import type { Committed, SqliteOpened } from '../database/sqlite.ts'
import type { Found, Grant, Group, Outcome } from './batch.ts'
import { countingDay } from './day.ts'
import { type KeyColumns, toFoundKey } from './key-columns.ts'
import { type KnownUse, SqliteTally } from './sqlite-tally.ts'
import type { UseOfDay } from './table.ts'
import { lastUse, type UsedSecret, useAfter } from './use.ts'
import { type FoundKey, refuse } from './verdict.ts'

/** What was found of a group whose secret is known. */
interface FoundGroup {
  /** Its position in the batch. */
  readonly group: number
  readonly key: FoundKey
  readonly known: KnownUse
}

/** What a key is granted in a batch, whichever of its secrets is sent. */
interface Counting extends Grant {
  granted: number
  odd: UsedSecret | undefined
  even: UsedSecret | undefined
}

export interface SqliteDecider {
  /** Decides one batch in a transaction of its own. Rejects when the database cannot be asked. */
  decide(groups: readonly Group[], quota: number, clockOffsetMs: number): Promise<Committed<Outcome>>
  /** Moves a part of what is in the tally to `usage`; for when nothing is to be decided. False once all is moved. */
  fold(): Promise<boolean>
}

/** What decides batches in an embedded database. Prepared with the first one: by then the tables are there. */
export function createSqliteDecider({ transact }: Pick<SqliteOpened, 'transact'>): SqliteDecider {
  let prepared: ReturnType<typeof prepare> | undefined

  async function inTransaction<Result>(work: (those: ReturnType<typeof prepare>) => Result): Promise<Committed<Result>> {
    try {
      return await transact((connection) => {
        prepared ??= prepare(connection)
        prepared.tally.catchUp()
        return work(prepared)
      })
    } catch (error) {
      prepared?.tally.forget()
      throw error
    }
  }

  return {
    decide: (groups, quota, clockOffsetMs) => inTransaction(({ decide }) => decide(groups, quota, clockOffsetMs)),
    async fold() {
      const { result, onDisk } = await inTransaction(({ tally }) => tally.foldPart())
      await onDisk
      return result
    },
  }
}

function prepare(connection: DatabaseSync) {
  // Cross joins are carried out in the order they are written in: from the hashes that are asked for, by index, to their rows.
  const findKeys = connection.prepare(`
    select k.id, k."organizationId", k."memberId", k."userId", m.role, k."expiresAt", k."revokedAt", s.number, s."endsAt",
      k.permissions, k.networks, k."createdAt", k."idleLiftedAt", p."maxLifetimeDays", p."needsExpiry", p."maxIdleDays", p.networks, asked.key
    from json_each(?) asked
    cross join secret s on s.hash = asked.value
    cross join key k on k.rowid = s."keyRowid" and k.id = s."keyId"
    left join member m on m.id = k."memberId"
    left join policy p on p."organizationId" = k."organizationId"`)
  findKeys.setReturnArrays(true)
  const tally = new SqliteTally(connection)

  function decide(groups: readonly Group[], quota: number, clockOffsetMs: number): Outcome {
    // Read after the lock was had: a request that waited for it is judged by the time at which it is judged.
    const now = Date.now() + clockOffsetMs
    const found: Found[] = []
    const countings = new Map<KnownUse, Counting>()
    for (const { group, key, known } of find(groups)) {
      const { permission, address, positions } = groups[group]!
      const refused = refuse(key, { permission, address }, now)
      if (refused !== undefined && refused.code !== 'missing_permission') {
        found[group] = { key, grant: undefined }
        continue
      }
      let counting = countings.get(known)
      if (counting === undefined) {
        counting = startCounting(known.use, now)
        countings.set(known, counting)
      }
      found[group] = { key, grant: counting }
      if (refused !== undefined) continue
      const left = quota - counting.usedBefore - counting.granted
      if (left <= 0) continue
      counting.granted += Math.min(left, positions.length)
      counting[key.secretNumber % 2 === 1 ? 'odd' : 'even'] = { number: key.secretNumber, address }
    }
    for (const [known, { day, granted, odd, even }] of countings) {
      if (granted > 0) tally.append(known, useAfter(known.use, { keyId: known.keyId, day, granted, now, odd, even }))
    }
    tally.foldSome(countings.size)
    return { now, quota, found }
  }

  /** The key of each group that has one, in the order of the groups. */
  function find(groups: readonly Group[]): FoundGroup[] {
    const rows = findKeys.all(JSON.stringify(groups.map(({ secretHash }) => secretHash))) as unknown as Row[]
    const known = tally.latest(rows.map(([keyId]) => keyId))
    return rows.map((row, index) => toFound(row, known[index]!))
  }

  function toFound(row: Row, known: KnownUse): FoundGroup {
    // Not the text that was read for this request alone.
    row[0] = known.keyId
    const key = toFoundKey(row, known.use && lastUse(known.use)?.at)
    return { group: row.at(-1) as number, key, known }
  }

  function startCounting(last: UseOfDay | undefined, now: number): Counting {
    const day = countingDay(now, last?.day ?? null)
    return { day, usedBefore: last?.day === day ? last.used : 0, granted: 0, odd: undefined, even: undefined }
  }

  return { tally, decide }
}

type Row = [...KeyColumns, group: number]
