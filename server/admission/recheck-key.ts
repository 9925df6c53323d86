import type { Kysely, Transaction } from 'kysely'
import { buildOnce } from '../database/build-once.ts'
import { type Database, readClock } from '../database/database.ts'
import type { Tables } from '../database/tables.ts'
import { isLimited } from './limits.ts'
import { type Asked, type FoundKey, type Refused, refuse } from './verdict.ts'

type OfSecret = Pick<FoundKey, 'keyId' | 'secretNumber'>

const lockKey = buildOnce((database: Database, key: OfSecret) =>
  selectSecret(database.kysely, key)
    .innerJoin('policy', 'policy.organizationId', 'key.organizationId')
    .select(['policy.maxLifetimeDays', 'policy.needsExpiry', 'policy.maxIdleDays', 'policy.networks as policyNetworks'])
    .innerJoin('member', 'member.id', 'key.memberId')
    .select('member.role')
    .forNoKeyUpdate(),
)

function selectSecret(kysely: Kysely<Tables>, { keyId, secretNumber }: OfSecret) {
  return kysely
    .selectFrom('key')
    .innerJoin('secret', 'secret.keyId', 'key.id')
    .select(['key.id as keyId', 'key.organizationId', 'key.memberId', 'key.userId', 'key.expiresAt', 'key.revokedAt'])
    .select(['secret.number as secretNumber', 'secret.endsAt as secretEndsAt'])
    .select(['key.permissions', 'key.networks', 'key.createdAt'])
    .where('key.id', '=', keyId)
    .where('secret.number', '=', secretNumber)
}

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
  key: OfSecret,
  asked: Pick<Asked, 'permission' | 'address'>,
): Promise<Refused | undefined> {
  const [locked] = await lockKey(database, transaction, key)
  // After the locks were had: waiting for them must not make the time older than the verdict.
  const now = await readClock(database, transaction)
  if (locked !== undefined) {
    // It is not idle: the very request that writes is a use of it.
    return refuse({ ...locked, limits: isLimited(locked) ? { ...locked, idleSince: now } : null }, asked, now)
  }
  const found = await selectSecret(transaction, key).executeTakeFirst()
  return refuse(found && { ...found, role: null, limits: null }, asked, now)
}
