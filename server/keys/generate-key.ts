import type { Origin } from '../audit/origin.ts'
import { writeEntry } from '../audit/write-entry.ts'
import type { Config } from '../config.ts'
import { type Database, readClock } from '../database/database.ts'
import { LeafPadError } from '../errors.ts'
import { writeNotice } from '../notices/write-notice.ts'
import { readPolicy } from '../organizations/policy.ts'
import { requireActiveOrganization } from '../organizations/require-active-organization.ts'
import { type AskedExpiry, parseExpiry } from './expiry.ts'
import { instant, readKeyAnswer } from './key-answer.ts'
import { generateKeyId } from './key-id.ts'
import { parseKeyName } from './key-name.ts'
import { lockMember } from './lock-member.ts'
import { type AskedLimits, narrowKey } from './narrow-key.ts'
import { requireAllowedExpiry } from './require-allowed-expiry.ts'
import type { KeyAnswer } from './schema.ts'
import { generateSecret } from './secret.ts'

export interface AskedKey extends AskedExpiry, AskedLimits {
  readonly name: string
  readonly organizationId: string
}

export interface KeyMaker {
  readonly userId: string
  /** The organization the session works in. */
  readonly activeOrganizationId: string | null
  /** The session that asks. */
  readonly sessionId?: string | undefined
  readonly origin?: Origin | undefined
}

/**
 * Makes a key for who asks, and tells its secret this once. At most `maxLiveKeysPerMember` keys of a membership are live at
 * any moment, whoever generates at the same time. Nothing is made when it throws: `invalid_body` for the name, `not_found`
 * for an organization the user is no member of, `other_organization_active`, `invalid_expiry`,
 * `missing_permission` for one that it is to have and its maker has not, `against_policy`, `key_limit_reached`.
 */
export async function generateKey(
  { database, config }: { readonly database: Database; readonly config: Config },
  { userId, activeOrganizationId, sessionId, origin }: KeyMaker,
  asked: AskedKey,
): Promise<{ key: KeyAnswer; secret: string }> {
  const { organizationId } = asked
  const name = parseKeyName(asked.name)
  const keyId = generateKeyId()
  const { secret, hash, lastFour } = generateSecret()
  const key = await database.kysely.transaction().execute(async (transaction) => {
    const member = await lockMember(transaction, { userId, organizationId })
    await requireActiveOrganization(transaction, { userId, activeOrganizationId }, organizationId)
    const now = await readClock(database, transaction)
    const expiresAt = parseExpiry(asked, now)
    const limits = narrowKey(asked, member)
    const policy = await readPolicy(transaction, organizationId)
    requireAllowedExpiry(policy, expiresAt, now)
    const { live } = await transaction
      .selectFrom('key')
      .select(({ fn }) => fn.countAll<number>().as('live'))
      .where('memberId', '=', member.id)
      .where('revokedAt', 'is', null)
      .where((eb) => eb.or([eb('expiresAt', 'is', null), eb('expiresAt', '>', now)]))
      .executeTakeFirstOrThrow()
    const maxLive = Math.min(config.maxLiveKeysPerMember, policy.maxLiveKeysPerMember ?? Number.POSITIVE_INFINITY)
    if (live >= maxLive) throw keyLimitReached(live, maxLive)
    await transaction
      .insertInto('key')
      .values({ id: keyId, organizationId, memberId: member.id, userId, name, createdAt: now, expiresAt, ...limits })
      .execute()
    await transaction.insertInto('secret').values({ hash, keyId, lastFour, createdAt: now }).execute()
    await writeEntry(
      database,
      transaction,
      { userId, origin },
      {
        organizationId,
        action: 'key.generated',
        targetId: keyId,
        details: { name, expiresAt: expiresAt === null ? null : instant(expiresAt), memberId: member.id, ...limits },
      },
    )
    const facts = { address: origin?.address || null, sessionId: sessionId ?? null }
    await writeNotice(transaction, now, { kind: 'key_generated', facts, to: { userId }, organizationId, keyId })
    return readKeyAnswer(transaction, keyId, now, config.dailyQuota)
  })
  return { key, secret }
}

function keyLimitReached(live: number, limit: number): LeafPadError {
  return new LeafPadError('key_limit_reached', {
    detail: `You have ${live} live keys in this organization, and ${limit} are the most one member can have. Revoke one that is not needed any more.`,
    members: { live, limit },
  })
}
