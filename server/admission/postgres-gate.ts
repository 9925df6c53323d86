import type { PostgresDatabase } from '../database/database.ts'
import { createPool } from '../database/postgres.ts'
import type { PrimaryClient } from '../database/primary-pool.ts'
import { rolesThatMay } from '../organizations/roles.ts'
import { type Grant, type Group, groupBatch, judge } from './batch.ts'
import { type Gate, GateUnavailableError } from './gate.ts'
import { type Asked, type FoundKey, refuse, type Verdict } from './verdict.ts'

/**
 * One that PostgreSQL works on while the other one's requests are answered and the next ones arrive. More would make the batches smaller, and a
 * batch costs about as much as twenty requests in one.
 */
const maxInFlight = 2

/** Longer than the lock timeout, so that a statement which only waits for a lock ends with a known outcome. */
const statementTimeoutMs = 8_000

/** When even the timeout's answer does not come, the connection is given up and the outcome is unknown. */
const answerTimeoutMs = 10_000

/**
 * SQLSTATEs by which PostgreSQL says for certain that it has undone the statement, and which another try does not meet again: a key
 * went with its organization while it was counted (foreign key), or that deletion and this batch waited for each other (deadlock).
 */
const undone: ReadonlySet<string> = new Set(['23503', '40P01'])

const maxTries = 3

/**
 * Decides a batch in one autocommitted statement.
 *
 * `asked` are the groups of the batch, in order; `live` those of keys that are not dead, with how many requests up to there nothing but
 * the quota can refuse, by the rule of `refuse` (the gate compares the two). `counted` grants each key what is left of its day, up to what is asked: rows are locked in
 * the order of the keys' ids, a row that is full is not written again. The day is never earlier than the key's last counted one.
 * A key's last address is that of its last granted group, which is looked for only where that is in question.
 */
const decideStatement = `
with
clock as materialized (
  select floor(extract(epoch from clock_timestamp()) * 1000)::bigint + $6::bigint as now
),
today as materialized (
  select now, to_char(to_timestamp(now / 1000.0) at time zone 'UTC', 'YYYY-MM-DD') as day from clock
),
asked as (
  select * from unnest($1::text[], $2::text[], $3::text[], $4::int[]) with ordinality as a (hash, roles, address, count, position)
),
found as materialized (
  select s.hash, k.id as "keyId", k."organizationId", k."memberId", k."userId", m.role, k."expiresAt", k."revokedAt"
  from (select distinct hash from asked) a
  join secret s on s.hash = a.hash
  join key k on k.id = s."keyId"
  left join member m on m.id = k."memberId"
),
live as materialized (
  select f."keyId", a.address, a.position,
    sum(case when f.role = any (string_to_array(a.roles, ',')) then a.count else 0 end) over (partition by f."keyId" order by a.position) as upto
  from asked a
  join found f on f.hash = a.hash
  cross join today
  where f."revokedAt" is null
    and (f."expiresAt" is null or f."expiresAt" > today.now)
    and f.role is not null
),
wanted as materialized (
  select l."keyId", least(max(l.upto), $5::int)::int as count, max(l.upto)::int as eligible, count(*) as groups, min(l.address) as address,
    greatest(today.day, (select max(u.day) from usage u where u."keyId" = l."keyId")) as day
  from live l cross join today
  group by l."keyId", today.day
),
counted as (
  insert into usage as u ("keyId", day, used, "lastGranted", "lastUsedAt", "lastUsedAddress")
  select w."keyId", w.day, w.count, w.count, today.now,
    case when w.groups = 1 then w.address
    else (select l.address from live l where l."keyId" = w."keyId" and l.upto >= w.count order by l.position limit 1) end
  from wanted w cross join today
  where w.count > 0
  order by w."keyId"
  on conflict ("keyId", day) do update set
    used = least(u.used + excluded.used, $5::int),
    "lastGranted" = least(excluded.used, $5::int - u.used),
    "lastUsedAt" = greatest(u."lastUsedAt", excluded."lastUsedAt"),
    "lastUsedAddress" = case when u.used + excluded.used <= $5::int then excluded."lastUsedAddress" else (
      select l.address from live l
      where l."keyId" = excluded."keyId" and l.upto >= least(excluded.used, $5::int - u.used)
      order by l.position limit 1
    ) end
  where u.used < $5::int
  returning u."keyId", u.used, u."lastGranted"
)
select f.hash, f."keyId", f."organizationId", f."memberId", f."userId", f.role, f."expiresAt", f."revokedAt",
  today.now, w.day, w.eligible, c.used, c."lastGranted",
  case when w.eligible = 0 then coalesce((select u.used from usage u where u."keyId" = w."keyId" and u.day = w.day), 0) end
from found f
cross join today
left join wanted w on w."keyId" = f."keyId"
left join counted c on c."keyId" = f."keyId"`

/**
 * The statement is planned once a connection: to plan it takes PostgreSQL longer than to carry it out, and left to itself it goes on planning where
 * batches are small. By index, whatever the tables were like at that moment: they grow, and the plan stays.
 */
const planOptions = '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off'

type Row = [
  hash: string,
  keyId: string,
  organizationId: string,
  memberId: string,
  userId: string,
  role: string | null,
  expiresAt: number | null,
  revokedAt: number | null,
  now: number,
  day: string | null,
  eligible: number | null,
  used: number | null,
  granted: number | null,
  usedUncounted: number | null,
]

/** The gate on PostgreSQL: a few connections of its own, one statement a batch, each committed as durably as the server is set to. */
export function createPostgresGate(database: PostgresDatabase, quota: number): Gate {
  const pool = createPool(database.url, {
    max: maxInFlight,
    statement_timeout: statementTimeoutMs,
    query_timeout: answerTimeoutMs,
    options: planOptions,
  })

  async function decide(batch: readonly Asked[]): Promise<Verdict[]> {
    const groups = groupBatch(batch)
    const rows = await ask(groups)
    const keys = new Map<string, FoundKey>()
    const grants = new Map<string, Grant>()
    const eligible = new Map<string, number>()
    let now = 0
    for (const row of rows) {
      const [
        hash,
        keyId,
        organizationId,
        memberId,
        userId,
        role,
        expiresAt,
        revokedAt,
        rowNow,
        day,
        eligibleCount,
        used,
        granted,
        usedUncounted,
      ] = row
      now = rowNow
      keys.set(hash, { keyId, organizationId, memberId, userId, role, expiresAt, revokedAt })
      if (day === null || eligibleCount === null) continue
      if (eligibleCount > 0) eligible.set(keyId, eligibleCount)
      // Where something was eligible and nothing written, the day was full.
      grants.set(keyId, { day, usedBefore: used === null ? (usedUncounted ?? quota) : used - granted!, granted: granted ?? 0 })
    }
    compare(groups, now, keys, eligible)
    return judge(groups, { now, quota, keys, grants })
  }

  async function ask(groups: readonly Group[]): Promise<Row[]> {
    for (let left = maxTries - 1; ; left--) {
      const client = await connect()
      try {
        const { rows } = await client.query<Row>({
          name: 'decide',
          text: decideStatement,
          rowMode: 'array',
          values: [
            groups.map((group) => group.secretHash),
            groups.map((group) => rolesThatMay(group.permission).join(',')),
            groups.map((group) => group.address),
            groups.map((group) => group.positions.length),
            quota,
            database.clockOffsetMs(),
          ],
        })
        client.release()
        return rows
      } catch (error) {
        if (left > 0 && undone.has(String((error as { code?: unknown }).code))) {
          client.release()
          continue
        }
        // Anything else is not tried again: the statement may have been committed. A fresh connection asks anew who is primary.
        client.release(true)
        throw new GateUnavailableError('PostgreSQL gave no verdict', { cause: error })
      }
    }
  }

  async function connect(): Promise<PrimaryClient> {
    try {
      return await pool.connect()
    } catch (error) {
      throw new GateUnavailableError('PostgreSQL could not be reached', { cause: error })
    }
  }

  return { maxInFlight, decide, close: () => pool.end() }
}

/** The statement and `refuse` say the same rule in two languages. Should they ever differ, nobody is admitted. */
function compare(groups: readonly Group[], now: number, keys: ReadonlyMap<string, FoundKey>, eligible: ReadonlyMap<string, number>) {
  const expected = new Map<string, number>()
  for (const { secretHash, permission, positions } of groups) {
    const key = keys.get(secretHash)
    if (key === undefined || refuse(key, permission, now) !== undefined) continue
    expected.set(key.keyId, (expected.get(key.keyId) ?? 0) + positions.length)
  }
  const same = expected.size === eligible.size && [...expected].every(([keyId, count]) => eligible.get(keyId) === count)
  if (!same) throw new GateUnavailableError('the statement and the verdict disagree')
}
