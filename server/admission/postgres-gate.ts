import type { PostgresDatabase } from '../database/database.ts'
import { createPool } from '../database/postgres.ts'
import type { PrimaryClient } from '../database/primary-pool.ts'
import { type Permission, rolesThatMay } from '../organizations/roles.ts'
import { groupBatch } from './batch.ts'
import { type Gate, GateUnavailableError } from './gate.ts'
import { type Asking, type Row, settle } from './postgres-batch.ts'
import type { Asked, Verdict } from './verdict.ts'

/** One that PostgreSQL works on while the other one's requests are answered; the queue sends it only if it is large. */
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

/** A deletion may end a batch more than once, at its rows one after the other. */
const maxTries = 5

/** What is written of one kind of secret where the day has use already. A secret that was rotated away meanwhile leaves what is known of a newer one. */
const updateSlot = (slot: string) => {
  const isNoOlder = `excluded."${slot}Secret" >= coalesce(u."${slot}Secret", 0)`
  return `
    "${slot}Secret" = greatest(u."${slot}Secret", excluded."${slot}Secret"),
    "${slot}UsedAt" = case when ${isNoOlder} then greatest(u."${slot}UsedAt", excluded."${slot}UsedAt") else u."${slot}UsedAt" end,
    "${slot}UsedAddress" = case when ${isNoOlder} then excluded."${slot}UsedAddress" else u."${slot}UsedAddress" end`
}

/** The use of one kind of secret by the groups of a key: the number of that one which is live, the time, and the address of its last group. */
const useOfSlot = (remainder: number) => {
  const ofSlot = `filter (where number % 2 = ${remainder})`
  return `max(number) ${ofSlot}, max(now) ${ofSlot}, ($3::text[])[max(position) ${ofSlot}]`
}

/** When a key was last used that day, and the hour of that. */
const lastUsedAt = 'greatest(u."oddUsedAt", u."evenUsedAt")'
const hourMs = 3_600_000
const dayMs = 86_400_000

/** Whether an address is in one of the networks of a column; a column that is null has all. */
const isIn = (address: string, networks: string) =>
  `(${networks} is null or coalesce(nullif(${address}, '')::inet <<= any (string_to_array(${networks}, ' ')::inet[]), false))`

/**
 * Decides a batch in one autocommitted statement.
 *
 * `found` are the groups of the batch, in order, whose secret is known: each with its key and how many of its requests nothing but the quota
 * can refuse, null where the key is dead, by the rule of `refuse` (the program compares the two). The day is never earlier than the key's last
 * counted one, which is looked for only where some key has a later one than today. `counted` grants each key all that is asked or nothing: rows are
 * locked in the order of the keys' ids, a row that has too little left is not written. Where nothing was granted, it is told what had been used when
 * the statement began; `settle` then asks for less.
 */
const decideStatement = `
with
today as materialized (
  select now, to_char(to_timestamp(now / 1000.0) at time zone 'UTC', 'YYYY-MM-DD') as day,
    (select max(day || '') from usage) as "lastDay"
  from (select floor(extract(epoch from clock_timestamp()) * 1000)::bigint + $6::bigint as now) clock
),
found as materialized (
  select a.position, k.id as "keyId", k."organizationId", k."memberId", k."userId", m.role, k."expiresAt", k."revokedAt",
    s.number, s."endsAt", k.permissions, k.networks, k."createdAt", k."idleLiftedAt", last."usedAt" as "lastUsedAt",
    p."maxLifetimeDays", p."needsExpiry", p."maxIdleDays", p.networks as "policyNetworks", today.now,
    greatest(today.day, last.day) as day,
    case
      when k."revokedAt" is null
        and (k."expiresAt" is null or k."expiresAt" > today.now)
        and (s."endsAt" is null or s."endsAt" > today.now)
        and m.role is not null
        and (k."expiresAt" is not null or (coalesce(p."needsExpiry", 0) = 0 and p."maxLifetimeDays" is null))
        and (p."maxLifetimeDays" is null or k."expiresAt" - k."createdAt" <= p."maxLifetimeDays" * ${dayMs})
        and (p."maxIdleDays" is null or today.now - greatest(k."createdAt", k."idleLiftedAt", last."usedAt") < p."maxIdleDays" * ${dayMs})
        and ${isIn('a.address', 'k.networks')}
        and ${isIn('a.address', 'p.networks')}
      then case
        when m.role || a.permission = any ($2::text[])
          and (k.permissions is null or a.permission = any (string_to_array(k.permissions, ' ')))
        then a.count
        else 0
      end
    end as eligible
  from today
  cross join unnest($1::text[], $3::text[], $4::int[], $7::text[]) with ordinality as a (hash, address, count, permission, position)
  join secret s on s.hash = a.hash
  join key k on k.id = s."keyId"
  left join member m on m.id = k."memberId"
  left join policy p on p."organizationId" = k."organizationId"
  left join lateral (
    select u.day, ${lastUsedAt} as "usedAt"
    from usage u
    where u."keyId" = k.id and (today."lastDay" > today.day or p."maxIdleDays" is not null)
    order by u.day desc limit 1
  ) last on true
),
counted as (
  insert into usage as u (
    "keyId", day, used, hours, "oddSecret", "oddUsedAt", "oddUsedAddress", "evenSecret", "evenUsedAt", "evenUsedAddress"
  )
  select "keyId", max(day), sum(eligible), '', ${useOfSlot(1)}, ${useOfSlot(0)}
  from found
  where eligible > 0
  group by "keyId"
  having sum(eligible) <= $5::int
  order by "keyId"
  on conflict ("keyId", day) do update set
    used = u.used + excluded.used,
    hours = case
      when greatest(excluded."oddUsedAt", excluded."evenUsedAt") / ${hourMs} > ${lastUsedAt} / ${hourMs}
      then u.hours || lpad((${lastUsedAt} / ${hourMs} % 24)::text, 2, '0') || ':' || u.used || ' '
      else u.hours
    end,${updateSlot('odd')},${updateSlot('even')}
  where u.used + excluded.used <= $5::int
  returning u."keyId", u.used
)
select f.position, f.now, f.day, f.eligible, c.used,
  case when c.used is null then coalesce((select u.used from usage u where u."keyId" = f."keyId" and u.day = f.day), 0) end,
  f."lastUsedAt", f."keyId", f."organizationId", f."memberId", f."userId", f.role, f."expiresAt", f."revokedAt", f.number, f."endsAt",
  f.permissions, f.networks, f."createdAt", f."idleLiftedAt", f."maxLifetimeDays", f."needsExpiry", f."maxIdleDays", f."policyNetworks"
from found f
left join counted c on c."keyId" = f."keyId"`

/**
 * The statement is planned once a connection: to plan it takes PostgreSQL longer than to carry it out, and left to itself it goes on planning where
 * batches are small. By index, whatever the tables were like at that moment: they grow, and the plan stays.
 */
const planOptions = '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off'

/** The gate on PostgreSQL: a few connections of its own, one statement a batch, each committed as durably as the server is set to. */
export function createPostgresGate(database: PostgresDatabase, quota: number): Gate {
  const pool = createPool(database.url, {
    max: maxInFlight,
    statement_timeout: statementTimeoutMs,
    query_timeout: answerTimeoutMs,
    options: planOptions,
  })

  async function decide(batch: readonly Asked[]): Promise<Verdict[]> {
    const verdicts: Verdict[] = []
    const groups = groupBatch(batch)
    let asking: Asking | undefined = { groups, counts: groups.map((group) => group.positions.length) }
    while (asking !== undefined) asking = settle(asking, await ask(asking), quota, verdicts)
    return verdicts
  }

  async function ask({ groups, counts }: Asking): Promise<Row[]> {
    const permissions = groups.map((group) => group.permission)
    for (let left = maxTries - 1; ; left--) {
      const client = await connect()
      try {
        const { rows } = await client.query<Row>({
          name: 'decide',
          text: decideStatement,
          rowMode: 'array',
          values: [
            groups.map((group) => group.secretHash),
            rolesWith(permissions),
            groups.map((group) => group.address),
            counts,
            quota,
            database.clockOffsetMs(),
            permissions,
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

/** Each of the permissions behind each of the roles that have it. */
function rolesWith(permissions: readonly Permission[]): string[] {
  return [...new Set(permissions)].flatMap((permission) => rolesThatMay(permission).map((role) => role + permission))
}
