import type { Kysely } from 'kysely'
import { blockedBy, idleSince, mayUse } from '../admission/limits.ts'
import { lastUse } from '../admission/use.ts'
import type { Tables } from '../database/tables.ts'
import { keyPermissions } from '../organizations/roles.ts'
import { keyStatus } from './key-status.ts'
import { type LiveSecret, listLiveSecrets } from './list-live-secrets.ts'
import type { KeyAnswer } from './schema.ts'

const dayMs = 86_400_000

/**
 * Everything that rows about a key, or about the keys of an organization, have, in no order. The tables `key`, `policy` and `member` (if it is still
 * there) can be asked about.
 */
export function selectKeyRows(kysely: Kysely<Tables>, column: 'key.id' | 'key.organizationId', id: string) {
  return (
    kysely
      .selectFrom('key')
      .leftJoin('member', 'member.id', 'key.memberId')
      .leftJoin('policy', 'policy.organizationId', 'key.organizationId')
      .leftJoin('user as owner', 'owner.id', 'key.userId')
      .leftJoin('user as revoker', 'revoker.id', 'key.revokedBy')
      // The last day a key was used on; the primary key of `usage` makes it one seek.
      .leftJoin('usage', (join) =>
        join.onRef('usage.keyId', '=', 'key.id').on('usage.day', '=', ({ selectFrom }) =>
          selectFrom('usage as any')
            .select(({ fn }) => fn.max('any.day').as('day'))
            .whereRef('any.keyId', '=', 'key.id'),
        ),
      )
      // What is not in `usage` yet. Of all keys at once and not key by key: nothing finds a key's rows but reading them all.
      .leftJoin(
        ({ selectFrom }) =>
          selectFrom('tally as row')
            .select(({ fn }) => ['row.keyId', fn.max('row.id').as('id')])
            .where('row.keyId', 'in', selectFrom('key').select('key.id').where(column, '=', id))
            .groupBy('row.keyId')
            .as('lastTallied'),
        (join) => join.onRef('lastTallied.keyId', '=', 'key.id'),
      )
      .leftJoin('tally', 'tally.id', 'lastTallied.id')
      .where(column, '=', id)
      .select(['key.id', 'key.organizationId', 'key.memberId', 'key.userId', 'key.name'])
      .select(['key.createdAt', 'key.expiresAt', 'key.revokedAt', 'key.revokedBy', 'key.revokedReason', 'key.revokedNote'])
      .select(['key.permissions', 'key.networks', 'key.idleLiftedAt'])
      .select(['policy.maxLifetimeDays', 'policy.needsExpiry', 'policy.maxIdleDays'])
      .select(['member.id as livingMemberId', 'owner.name as ownerName', 'revoker.name as revokerName'])
      .select(['usage.day', 'usage.used', 'usage.oddUsedAt', 'usage.oddUsedAddress', 'usage.evenUsedAt', 'usage.evenUsedAddress'])
      .select(['tally.day as talliedDay', 'tally.used as talliedUsed'])
      .select(['tally.oddUsedAt as talliedOddUsedAt', 'tally.oddUsedAddress as talliedOddUsedAddress'])
      .select(['tally.evenUsedAt as talliedEvenUsedAt', 'tally.evenUsedAddress as talliedEvenUsedAddress'])
  )
}

export type KeyRow = Awaited<ReturnType<ReturnType<typeof selectKeyRows>['execute']>>[number]

/** What answers tell about keys at `now`, the database's time, in the order of the rows. */
export async function keyAnswers(kysely: Kysely<Tables>, rows: readonly KeyRow[], now: number, quota: number): Promise<KeyAnswer[]> {
  const keyIds = rows.map(({ id }) => id)
  const secrets = Map.groupBy(await listLiveSecrets(kysely, keyIds, now), ({ keyId }) => keyId)
  return rows.map((row) => keyAnswer(row, secrets.get(row.id)!, now, quota))
}

/** What an answer tells about the key with an id, which must be there. */
export async function readKeyAnswer(kysely: Kysely<Tables>, keyId: string, now: number, quota: number): Promise<KeyAnswer> {
  const row = await selectKeyRows(kysely, 'key.id', keyId).executeTakeFirstOrThrow()
  const [answer] = await keyAnswers(kysely, [row], now, quota)
  return answer!
}

function keyAnswer(row: KeyRow, secrets: readonly LiveSecret[], now: number, quota: number): KeyAnswer {
  const use = lastDay(row)
  const last = lastUse(use)
  const status = keyStatus(row, now)
  const idle = idleSince(row.createdAt, row.idleLiftedAt, last?.at)
  const reason = blockedBy({ ...row, needsExpiry: row.needsExpiry ?? 0, idleSince: idle }, row.expiresAt, now)
  return {
    id: row.id,
    organizationId: row.organizationId,
    name: row.name,
    lastFour: secrets[0]!.lastFour,
    status: status === 'active' && reason !== undefined ? 'blocked' : status,
    blockReason: status === 'active' ? (reason ?? null) : null,
    permissions: row.permissions === null ? null : keyPermissions.filter((permission) => mayUse(row, permission)),
    networks: row.networks === null ? null : row.networks.split(' '),
    owner: { userId: row.userId, name: row.ownerName, memberId: row.memberId },
    createdAt: instant(row.createdAt),
    expiresAt: row.expiresAt === null ? null : instant(row.expiresAt),
    revokedAt: row.revokedAt === null ? null : instant(row.revokedAt),
    revokedBy: row.revokedBy === null ? null : { userId: row.revokedBy, name: row.revokerName },
    revokedReason: row.revokedReason,
    revokedNote: row.revokedNote,
    lastUsedAt: last === undefined ? null : instant(last.at),
    lastUsedAddress: last?.address ?? null,
    today: today(use, now, quota),
    secrets: secrets.map(({ number, lastFour, createdAt, endsAt, lastUse }) => ({
      number,
      lastFour,
      createdAt: instant(createdAt),
      endsAt: endsAt === null ? null : instant(endsAt),
      lastUsedAt: lastUse === undefined ? null : instant(lastUse.at),
      lastUsedAddress: lastUse?.address ?? null,
    })),
  }
}

type UseOfLastDay = Pick<KeyRow, 'day' | 'used' | 'oddUsedAt' | 'oddUsedAddress' | 'evenUsedAt' | 'evenUsedAddress'>

/** The later of what is in `usage` and what is on its way there: a day never goes back, and a day's use only grows. */
function lastDay(row: KeyRow): UseOfLastDay {
  const { day, used, talliedDay, talliedUsed } = row
  const isWritten = talliedDay === null || (day !== null && (day > talliedDay || (day === talliedDay && used! >= talliedUsed!)))
  if (isWritten) return row
  return {
    day: talliedDay,
    used: talliedUsed,
    oddUsedAt: row.talliedOddUsedAt,
    oddUsedAddress: row.talliedOddUsedAddress,
    evenUsedAt: row.talliedEvenUsedAt,
    evenUsedAddress: row.talliedEvenUsedAddress,
  }
}

/** A clock that steps back refunds nothing: a day that was counted after today goes on. */
function today({ day: lastDay, used: lastUsed }: Pick<KeyRow, 'day' | 'used'>, now: number, quota: number): KeyAnswer['today'] {
  const clockDay = instant(now).slice(0, 10)
  const goesOn = lastDay !== null && lastDay >= clockDay
  return quotaAnswer({ day: goesOn ? lastDay : clockDay, used: goesOn ? (lastUsed ?? 0) : 0, quota })
}

/** What an answer tells about a key's day. */
export function quotaAnswer({ day, used, quota }: { day: string; used: number; quota: number }): KeyAnswer['today'] {
  return { day, used, quota, left: Math.max(0, quota - used), resetsAt: instant(Date.parse(day) + dayMs) }
}

/** ISO 8601 in UTC. */
export function instant(ms: number): string {
  return new Date(ms).toISOString()
}
