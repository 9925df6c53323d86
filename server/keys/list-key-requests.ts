import { keptRequests } from '../admission/requests.ts'
import type { Database } from '../database/database.ts'
import { instant } from './key-answer.ts'
import type { Who } from './lock-member.ts'
import type { KeyRequestsAnswer } from './schema.ts'
import { seeKey } from './see-key.ts'

/** The last 100 requests of a key, the newest first, admitted or not; they may lag by a second. Throws `not_found` as readKey does. */
export async function listKeyRequests({ kysely }: Database, who: Who, keyId: string): Promise<KeyRequestsAnswer> {
  await seeKey(kysely, who, keyId)
  const rows = await kysely
    .selectFrom('request')
    .select(['at', 'secretNumber', 'method', 'route', 'status', 'code', 'address', 'requestId'])
    .where('keyId', '=', keyId)
    .orderBy('id', 'desc')
    .limit(keptRequests)
    .execute()
  return { requests: rows.map(({ at, ...row }) => ({ at: instant(at), ...row })) }
}
