import type { Transaction } from 'kysely'
import type { Database } from '../database/database.ts'
import type { Tables } from '../database/tables.ts'
import { isLimited } from './limits.ts'
import { type Asked, type FoundKey, type Refused, refuse } from './verdict.ts'

/**
 * Asks once more, inside the transaction that writes, whether a key may still do what it was admitted for by one of its secrets: undefined
 * if so, else why not. The key, that secret, its organization's policy and its membership are locked until the transaction ends, so that a
 * revoke, an ended secret, a changed policy, a lowered role or a removal which is acknowledged meanwhile has waited for this write, and one
 * acknowledged before refuses it. Counts nothing.
 *
 * The locks are exclusive though nothing here is changed: PostgreSQL lets shared row locks overtake who waits to change the row,
 * so that a flood of writes could keep a revoke waiting without end; exclusive ones are had in order. Writes of an organization wait for
 * each other at its storage anyhow.
 */
export async function recheckKey(
  database: Database,
  transaction: Transaction<Tables>,
  key: Pick<FoundKey, 'keyId' | 'secretNumber'>,
  asked: Pick<Asked, 'permission' | 'address'>,
): Promise<Refused | undefined> {
  const ofSecret = transaction
    .selectFrom('key')
    .innerJoin('secret', 'secret.keyId', 'key.id')
    .select(['key.id as keyId', 'key.organizationId', 'key.memberId', 'key.userId', 'key.expiresAt', 'key.revokedAt'])
    .select(['secret.number as secretNumber', 'secret.endsAt as secretEndsAt'])
    .select(['key.permissions', 'key.networks', 'key.createdAt'])
    .where('key.id', '=', key.keyId)
    .where('secret.number', '=', key.secretNumber)
  const locked = await ofSecret
    .innerJoin('policy', 'policy.organizationId', 'key.organizationId')
    .select(['policy.maxLifetimeDays', 'policy.needsExpiry', 'policy.maxIdleDays', 'policy.networks as policyNetworks'])
    .innerJoin('member', 'member.id', 'key.memberId')
    .select('member.role')
    .forNoKeyUpdate()
    .executeTakeFirst()
  // After the locks were had: waiting for them must not make the time older than the verdict.
  const { now } = await transaction.selectNoFrom(database.clock().as('now')).executeTakeFirstOrThrow()
  if (locked !== undefined) {
    // It is not idle: the very request that writes is a use of it.
    return refuse({ ...locked, limits: isLimited(locked) ? { ...locked, idleSince: now } : null }, asked, now)
  }
  const found = await ofSecret.executeTakeFirst()
  return refuse(found && { ...found, role: null, limits: null }, asked, now)
}
