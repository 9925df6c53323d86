import type { PostgresDatabase } from '../database/database.ts'
import { createPool } from '../database/postgres.ts'
import type { PrimaryClient } from '../database/primary-pool.ts'
import { rolesThatMay } from '../organizations/roles.ts'
import { type Found, type Grant, type Group, groupBatch, judge } from './batch.ts'
import { type Gate, GateUnavailableError } from './gate.ts'
import type { Limits } from './limits.ts'
import { type Asked, type FoundKey, refuse, type Verdict } from './verdict.ts'

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

/** The two kinds of a key's secrets: of those that are live, one has an odd number and the other an even one. */
const slots = [
  { slot: 'odd', remainder: 1 },
  { slot: 'even', remainder: 0 },
] as const

/**
 * The number or address of a key's secret that was granted a request, the last one of its kind; null: none was. Looked for only where that is
 * in question: it goes through the whole batch.
 */
const lastGranted = (column: 'number' | 'address', remainder: number, keyId: string, granted: string) => `(
      select g.${column}
      from (
        select f.number, f.address, f.position, f.eligible, sum(f.eligible) over (order by f.position) as upto
        from found f where f."keyId" = ${keyId} and f.eligible > 0
      ) g
      where g.upto - g.eligible < ${granted} and g.number % 2 = ${remainder}
      order by g.position desc limit 1
    )`

/** What is written of one kind of secret where the day has use already. A secret that was rotated away meanwhile leaves what is known of a newer one. */
const updateSlot = ({ slot, remainder }: (typeof slots)[number]) => {
  const granted = (column: 'number' | 'address', whole: string) => `case
      when u.used + excluded.used <= $5::int then excluded."${slot}${whole}"
      else ${lastGranted(column, remainder, 'excluded."keyId"', '$5::int - u.used')}
    end`
  const number = granted('number', 'Secret')
  return `
    "${slot}Secret" = greatest(u."${slot}Secret", ${number}),
    "${slot}UsedAt" = case when ${number} >= coalesce(u."${slot}Secret", 0) then greatest(u."${slot}UsedAt", excluded."${slot}UsedAt") else u."${slot}UsedAt" end,
    "${slot}UsedAddress" = case when ${number} >= coalesce(u."${slot}Secret", 0) then ${granted('address', 'UsedAddress')} else u."${slot}UsedAddress" end`
}

/** What is written of one kind of secret where the day has none: by one address of `w`, or the last of several that is within the quota. */
const insertSlot = ({ slot, remainder }: (typeof slots)[number]) => {
  const granted = (column: 'number' | 'address', whole: string) =>
    `case when w.asked <= $5::int and w."${slot}Groups" <= 1 then w."${slot}${whole}" else ${lastGranted(column, remainder, 'w."keyId"', '$5::int')} end`
  return `
    ${granted('number', 'Secret')},
    case when (${granted('number', 'Secret')}) is not null then w.now end,
    ${granted('address', 'UsedAddress')}`
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
 * can refuse, null where the key is dead, by the rule of `refuse` (the gate compares the two). The day is never earlier than the key's last
 * counted one. `counted` grants each key what is left of its day, up to what is asked: rows are locked in the order of the keys' ids, a row that is full
 * is not written again.
 */
const decideStatement = `
with
today as materialized (
  select now, to_char(to_timestamp(now / 1000.0) at time zone 'UTC', 'YYYY-MM-DD') as day
  from (select floor(extract(epoch from clock_timestamp()) * 1000)::bigint + $6::bigint as now) clock
),
found as materialized (
  select a.position, a.address, k.id as "keyId", k."organizationId", k."memberId", k."userId", m.role, k."expiresAt", k."revokedAt",
    s.number, s."endsAt", limits.told as limits, today.now,
    greatest(today.day, (select max(u.day) from usage u where u."keyId" = k.id and u.day > today.day)) as day,
    case
      when k."revokedAt" is null
        and (k."expiresAt" is null or k."expiresAt" > today.now)
        and (s."endsAt" is null or s."endsAt" > today.now)
        and m.role is not null
        and (
          not rules."isLimited"
          or (
            case when k."expiresAt" is null then p."needsExpiry" = 0 and p."maxLifetimeDays" is null
            else p."maxLifetimeDays" is null or k."expiresAt" - k."createdAt" <= p."maxLifetimeDays" * ${dayMs} end
            and (p."maxIdleDays" is null or today.now - rules."idleSince" < p."maxIdleDays" * ${dayMs})
            and ${isIn('a.address', 'k.networks')}
            and ${isIn('a.address', 'p.networks')}
          )
        )
      then case
        when m.role = any (string_to_array(a.roles, ','))
          and (k.permissions is null or a.permission = any (string_to_array(k.permissions, ' ')))
        then a.count
        else 0
      end
    end as eligible
  from today
  cross join unnest($1::text[], $2::text[], $3::text[], $4::int[], $7::text[]) with ordinality
    as a (hash, roles, address, count, permission, position)
  join secret s on s.hash = a.hash
  join key k on k.id = s."keyId"
  left join member m on m.id = k."memberId"
  left join policy p on p."organizationId" = k."organizationId"
  cross join lateral (
    select
      k.permissions is not null or k.networks is not null or p."maxLifetimeDays" is not null or p."needsExpiry" = 1
        or p."maxIdleDays" is not null or p.networks is not null as "isLimited",
      case when p."maxIdleDays" is not null then greatest(k."createdAt", k."idleLiftedAt", (
        select greatest(u."oddUsedAt", u."evenUsedAt") from usage u where u."keyId" = k.id order by u.day desc limit 1
      )) end as "idleSince"
  ) rules
  cross join lateral (
    select case when rules."isLimited" then json_build_object(
      'permissions', k.permissions, 'networks', k.networks, 'createdAt', k."createdAt", 'idleSince', coalesce(rules."idleSince", k."createdAt"),
      'maxLifetimeDays', p."maxLifetimeDays", 'needsExpiry', coalesce(p."needsExpiry", 0), 'maxIdleDays', p."maxIdleDays", 'policyNetworks', p.networks
    ) end as told
  ) limits
),
counted as (
  insert into usage as u ("keyId", day, used, "lastGranted", hours, ${slots.map(({ slot }) => `"${slot}Secret", "${slot}UsedAt", "${slot}UsedAddress"`).join(', ')})
  select w."keyId", w.day, least(w.asked, $5::int), least(w.asked, $5::int), '', ${slots.map(insertSlot).join(',')}
  from (
    select "keyId", max(day) as day, max(now) as now, sum(eligible)::int as asked${slots
      .map(
        ({ slot, remainder }) => `,
      count(*) filter (where number % 2 = ${remainder}) as "${slot}Groups",
      max(number) filter (where number % 2 = ${remainder}) as "${slot}Secret",
      max(address) filter (where number % 2 = ${remainder}) as "${slot}UsedAddress"`,
      )
      .join('')}
    from found
    where eligible > 0
    group by "keyId"
  ) w
  order by w."keyId"
  on conflict ("keyId", day) do update set
    used = least(u.used + excluded.used, $5::int),
    "lastGranted" = least(excluded.used, $5::int - u.used),
    hours = case
      when greatest(excluded."oddUsedAt", excluded."evenUsedAt") / ${hourMs} > ${lastUsedAt} / ${hourMs}
      then u.hours || lpad((${lastUsedAt} / ${hourMs} % 24)::text, 2, '0') || ':' || u.used || ' '
      else u.hours
    end,${slots.map(updateSlot).join(',')}
  where u.used < $5::int
  returning u."keyId", u.used, u."lastGranted"
)
select f.position, f."keyId", f."organizationId", f."memberId", f."userId", f.role, f."expiresAt", f."revokedAt", f.number, f."endsAt", f.limits, f.now, f.day, f.eligible, c.used, c."lastGranted",
  case when f.eligible = 0 and c.used is null then coalesce((select u.used from usage u where u."keyId" = f."keyId" and u.day = f.day), 0) end
from found f
left join counted c on c."keyId" = f."keyId"`

/**
 * The statement is planned once a connection: to plan it takes PostgreSQL longer than to carry it out, and left to itself it goes on planning where
 * batches are small. By index, whatever the tables were like at that moment: they grow, and the plan stays.
 */
const planOptions = '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off'

/** One for each group whose secret is known. */
type Row = [
  /** From 1 on. */
  position: number,
  keyId: string,
  organizationId: string,
  memberId: string,
  userId: string,
  role: string | null,
  expiresAt: number | null,
  revokedAt: number | null,
  secretNumber: number,
  secretEndsAt: number | null,
  limits: Limits | null,
  now: number,
  day: string,
  eligible: number | null,
  used: number | null,
  granted: number | null,
  /** Where nothing is eligible. */
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
    const found: Found[] = []
    const grants = new Map<string, Grant>()
    let now = 0
    for (const row of rows) {
      const [
        position,
        keyId,
        organizationId,
        memberId,
        userId,
        role,
        expiresAt,
        revokedAt,
        secretNumber,
        secretEndsAt,
        limits,
        ...counted
      ] = row
      const [rowNow, day, eligible, used, granted, uncounted] = counted
      now = rowNow
      const key = { keyId, organizationId, memberId, userId, role, expiresAt, revokedAt, secretNumber, secretEndsAt, limits }
      compare(groups[position - 1]!, key, now, eligible)
      // Where something was eligible and nothing was written, the day was full.
      const usedBefore = used !== null ? used - granted! : eligible === 0 ? uncounted! : quota
      if (eligible !== null && !grants.has(keyId)) grants.set(keyId, { day, usedBefore, granted: granted ?? 0 })
      found[position - 1] = { key, grant: eligible === null ? undefined : grants.get(keyId) }
    }
    return judge(groups, { now, quota, found })
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
            groups.map((group) => group.permission),
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
function compare(group: Group, key: FoundKey, now: number, eligible: number | null) {
  const refused = refuse(key, group, now)
  const expected = refused === undefined ? group.positions.length : refused.code === 'missing_permission' ? 0 : null
  if (eligible !== expected) throw new GateUnavailableError('the statement and the verdict disagree')
}
