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
  { organizationId, userId }: { readonly organizationId: string; readonly userId: string },
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
    // Waits for writes that were let in by the policy as it was: they hold its row.
    await transaction.updateTable('policy').set(changes).where('organizationId', '=', organizationId).execute()
    return readPolicy(transaction, organizationId)
  })
}
