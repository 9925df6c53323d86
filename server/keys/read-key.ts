import { type Database, readClock } from '../database/database.ts'
import { LeafPadError } from '../errors.ts'
import { readMember } from '../organizations/member.ts'
import { mayDo } from '../organizations/roles.ts'
import { keyAnswers, selectKeyRows } from './key-answer.ts'
import { isKeyId } from './key-id.ts'
import type { Who } from './lock-member.ts'
import type { KeyAnswer } from './schema.ts'

/**
 * A key of the organization: one of the user's own, or with `keys:all` anyone's. Throws `not_found` for any other, as for one
 * that does not exist.
 */
export async function readKey(database: Database, quota: number, who: Who, keyId: string): Promise<KeyAnswer> {
  const member = await readMember(database.kysely, who, 'keys:own')
  if (!isKeyId(keyId)) throw new LeafPadError('not_found')
  const row = await selectKeyRows(database.kysely, 'key.id', keyId)
    .where('key.organizationId', '=', member.organizationId)
    .$if(!mayDo(member.role, 'keys:all'), (query) => query.where('key.userId', '=', member.userId))
    .executeTakeFirst()
  if (row === undefined) throw new LeafPadError('not_found')
  const [answer] = await keyAnswers(database.kysely, [row], await readClock(database), quota)
  return answer!
}
