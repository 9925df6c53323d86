import type { Kysely } from 'kysely'
import type { Tables } from '../database/tables.ts'
import { LeafPadError } from '../errors.ts'
import { readMember } from '../organizations/member.ts'
import { mayDo } from '../organizations/roles.ts'
import { isKeyId } from './key-id.ts'
import type { Who } from './lock-member.ts'

/** Passes for a key that the user may see: one of their own, or with `keys:all` anyone's of the organization. Throws `not_found` for any other, as for one that does not exist. */
export async function seeKey(kysely: Kysely<Tables>, who: Who, keyId: string): Promise<void> {
  const member = await readMember(kysely, who, 'keys:own')
  if (!isKeyId(keyId)) throw new LeafPadError('not_found')
  const key = await kysely
    .selectFrom('key')
    .select('userId')
    .where('id', '=', keyId)
    .where('organizationId', '=', member.organizationId)
    .executeTakeFirst()
  if (key === undefined || (key.userId !== member.userId && !mayDo(member.role, 'keys:all'))) throw new LeafPadError('not_found')
}
