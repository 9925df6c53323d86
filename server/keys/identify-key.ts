import { writeEntry } from '../audit/write-entry.ts'
import type { Config } from '../config.ts'
import { type Database, readClock } from '../database/database.ts'
import { LeafPadError } from '../errors.ts'
import { readMember } from '../organizations/member.ts'
import { readKeyAnswer } from './key-answer.ts'
import type { Who } from './lock-member.ts'
import type { KeyAnswer } from './schema.ts'
import { hashSecret } from './secret.ts'

/**
 * Whose secret a text is, among the keys of the organization: the key, and which of its secrets, also one that has ended. For owners and
 * admins; that they asked is in the audit log, the text is kept nowhere. Throws `missing_permission`, and `not_found` for a secret of no
 * key here.
 */
export async function identifyKey(
  { database, config }: { readonly database: Database; readonly config: Config },
  who: Who,
  text: string,
): Promise<{ key: KeyAnswer; secretNumber: number }> {
  return database.kysely.transaction().execute(async (transaction) => {
    const { organizationId } = await readMember(transaction, who, 'keys:all')
    const secretHash = hashSecret(text.trim())
    if (secretHash === undefined) {
      throw new LeafPadError('not_found', {
        detail: 'This cannot be a secret: it is mistyped or not whole. A secret is "leafpad_" and 49 letters and digits.',
      })
    }
    const secret = await transaction
      .selectFrom('secret')
      .innerJoin('key', 'key.id', 'secret.keyId')
      .select(['secret.keyId', 'secret.number'])
      .where('secret.hash', '=', secretHash)
      .where('key.organizationId', '=', organizationId)
      .executeTakeFirst()
    if (secret === undefined) throw new LeafPadError('not_found', { detail: 'No key of this organization has this secret.' })
    const { keyId, number } = secret
    await writeEntry(database, transaction, who, {
      organizationId,
      action: 'key.identified',
      targetId: keyId,
      details: { secretNumber: number },
    })
    const key = await readKeyAnswer(transaction, keyId, await readClock(database, transaction), config.dailyQuota)
    return { key, secretNumber: number }
  })
}
