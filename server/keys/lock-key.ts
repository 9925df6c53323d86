import type { Selectable, Transaction } from 'kysely'
import type { Tables } from '../database/tables.ts'
import { LeafPadError } from '../errors.ts'
import { mayDo } from '../organizations/roles.ts'
import { isKeyId } from './key-id.ts'
import { lockMember, type Who } from './lock-member.ts'
import type { KeyTable } from './table.ts'

/** A key that nobody else writes until the transaction ends. */
export type LockedKey = Selectable<KeyTable>

/**
 * A key that a user may change in an organization: one of their own, or with `keys:all` anyone's. Until the transaction ends
 * nobody else writes it and the user's role stays; a write that was let in by this key has ended before this resolves. Throws
 * `not_found` for any other key, as for one that does not exist.
 */
export async function lockKey(transaction: Transaction<Tables>, who: Who, keyId: string): Promise<LockedKey> {
  if (!isKeyId(keyId)) throw new LeafPadError('not_found')
  // The key before the membership, in the order of all who lock both, so that nobody waits in a circle.
  const key = await transaction
    .selectFrom('key')
    .selectAll()
    .where('id', '=', keyId)
    .where('organizationId', '=', who.organizationId)
    .forNoKeyUpdate()
    .executeTakeFirst()
  const member = await lockMember(transaction, who)
  const mayChange = key !== undefined && (key.userId === member.userId || mayDo(member.role, 'keys:all'))
  if (!mayChange) throw new LeafPadError('not_found')
  return key
}
