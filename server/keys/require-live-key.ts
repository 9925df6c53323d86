import type { Transaction } from 'kysely'
import type { Tables } from '../database/tables.ts'
import { LeafPadError } from '../errors.ts'
import { keyStatus } from './key-status.ts'
import type { LockedKey } from './lock-key.ts'

/** Passes for a key that is live at `now`, the database's time after it was locked. Throws `key_not_live`, which says why it is not. */
export async function requireLiveKey(transaction: Transaction<Tables>, key: LockedKey, now: number): Promise<void> {
  const member = await transaction.selectFrom('member').select('id').where('id', '=', key.memberId).executeTakeFirst()
  const status = keyStatus({ ...key, livingMemberId: member?.id ?? null }, now)
  if (status === 'active') return
  const why = { revoked: 'it was revoked', expired: 'it has expired', owner_left: 'whoever generated it is no longer a member' }[status]
  throw new LeafPadError('key_not_live', {
    detail: `This key is not let in any more: ${why}. It cannot be changed; generate another one.`,
    members: { keyStatus: status },
  })
}
