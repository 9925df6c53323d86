import type { Origin } from '../audit/origin.ts'
import { writeEntry } from '../audit/write-entry.ts'
import type { Database } from '../database/database.ts'
import { parseNetworks } from '../networks.ts'
import { lockOrganization } from './lock-organization.ts'
import { readMember } from './member.ts'
import { type Policy, readPolicy } from './policy.ts'

/** What is to change; null lifts a limit, undefined leaves it as it is. */
export interface AskedPolicy {
  readonly maxLifetimeDays?: number | null
  readonly needsExpiry?: boolean
  readonly maxLiveKeysPerMember?: number | null
  readonly maxIdleDays?: number | null
  readonly networks?: readonly string[] | null
}

/**
 * Changes what an organization holds its keys to. Once this resolves, every request that begins later is decided by the new policy, on
 * any server, and no write that the old one let in appears any more where the new one forbids it. No key is changed. Throws `not_found`,
 * `missing_permission`, `invalid_body` for what is no network.
 */
export async function updatePolicy(
  database: Database,
  { organizationId, userId, origin }: { readonly organizationId: string; readonly userId: string; readonly origin?: Origin | undefined },
  { needsExpiry, networks, ...limits }: AskedPolicy,
): Promise<Policy> {
  const changes = {
    ...limits,
    ...(needsExpiry !== undefined && { needsExpiry: needsExpiry ? 1 : 0 }),
    ...(networks !== undefined && { networks: networks === null ? null : parseNetworks(networks) }),
  }
  return database.kysely.transaction().execute(async (transaction) => {
    await lockOrganization(transaction, organizationId)
    await readMember(transaction, { userId, organizationId }, 'policy:update')
    const before = await readPolicy(transaction, organizationId)
    const details = changesOf(before, { ...before, ...changes })
    if (Object.values(details).every((change) => change === null)) return before
    // Waits for writes that were let in by the policy as it was: they hold its row.
    await transaction.updateTable('policy').set(changes).where('organizationId', '=', organizationId).execute()
    const entry = { organizationId, action: 'policy.changed', targetId: organizationId, details } as const
    await writeEntry(database, transaction, { userId, origin }, entry)
    return { ...before, ...changes }
  })
}

/** Of each limit what it was and what it became; null: it stays. */
function changesOf(before: Policy, after: Policy) {
  const changeOf = (name: keyof Policy) => (before[name] === after[name] ? null : { from: before[name], to: after[name] })
  return {
    maxLifetimeDays: changeOf('maxLifetimeDays'),
    needsExpiry: changeOf('needsExpiry'),
    maxLiveKeysPerMember: changeOf('maxLiveKeysPerMember'),
    maxIdleDays: changeOf('maxIdleDays'),
    networks: changeOf('networks'),
  }
}
