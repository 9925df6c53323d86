import type { Transaction } from 'kysely'
import type { Database } from '../database/database.ts'
import type { Tables } from '../database/tables.ts'
import type { Permission } from '../organizations/roles.ts'
import { type FoundKey, type Refused, refuse } from './verdict.ts'

/**
 * Asks once more, inside the transaction that writes, whether a key may still do what it was admitted for by one of its secrets: undefined
 * if so, else why not. The key, that secret and its membership are locked until the transaction ends, so that a revoke, an ended secret, a
 * lowered role or a removal which is acknowledged meanwhile has waited for this write, and one acknowledged before refuses it. Counts nothing.
 *
 * The locks are exclusive though nothing here is changed: PostgreSQL lets shared row locks overtake who waits to change the row,
 * so that a flood of writes could keep a revoke waiting without end; exclusive ones are had in order. Writes of an organization wait for
 * each other at its storage anyhow.
 */
export async function recheckKey(
  database: Database,
  transaction: Transaction<Tables>,
  key: Pick<FoundKey, 'keyId' | 'secretNumber'>,
  permission: Permission,
): Promise<Refused | undefined> {
  const ofSecret = transaction
    .selectFrom('key')
    .innerJoin('secret', 'secret.keyId', 'key.id')
    .select(['key.id as keyId', 'key.organizationId', 'key.memberId', 'key.userId', 'key.expiresAt', 'key.revokedAt'])
    .select(['secret.number as secretNumber', 'secret.endsAt as secretEndsAt'])
    .where('key.id', '=', key.keyId)
    .where('secret.number', '=', key.secretNumber)
  const locked = await ofSecret.innerJoin('member', 'member.id', 'key.memberId').select('member.role').forNoKeyUpdate().executeTakeFirst()
  // After the locks were had: waiting for them must not make the time older than the verdict.
  const { now } = await transaction.selectNoFrom(database.clock().as('now')).executeTakeFirstOrThrow()
  if (locked !== undefined) return refuse(locked, permission, now)
  const found = await ofSecret.executeTakeFirst()
  return refuse(found && { ...found, role: null }, permission, now)
}
