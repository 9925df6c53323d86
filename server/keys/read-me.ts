import type { Database } from '../database/database.ts'
import { LeafPadError } from '../errors.ts'
import type { Member } from '../organizations/member.ts'
import { instant, quotaAnswer } from './key-answer.ts'
import type { MeAnswer } from './schema.ts'

/** The secret that a request came with. */
export interface SentSecret {
  readonly keyId: string
  readonly secretNumber: number
}

/** What the request with a key was counted as. */
export interface Counted {
  readonly day: string
  readonly used: number
  readonly quota: number
}

/** Whose key a request came with, and by which of its secrets. Throws `invalid_key` when the account or the organization has gone since it was let in. */
export async function readMe(database: Database, member: Member, sent: SentSecret, count: Counted): Promise<MeAnswer> {
  const row = await database.kysely
    .selectFrom('key')
    .innerJoin('user', 'user.id', 'key.userId')
    .innerJoin('organization', 'organization.id', 'key.organizationId')
    .innerJoin('secret', 'secret.keyId', 'key.id')
    .select(['key.id', 'key.name', 'key.createdAt', 'key.expiresAt', 'secret.lastFour', 'secret.endsAt as secretEndsAt'])
    .select(['user.id as userId', 'user.name as userName', 'user.email'])
    .select(['organization.id as organizationId', 'organization.name as organizationName'])
    .where('key.id', '=', sent.keyId)
    .where('secret.number', '=', sent.secretNumber)
    .executeTakeFirst()
  if (row === undefined) {
    throw new LeafPadError('invalid_key', { headers: { 'www-authenticate': 'Bearer realm="leafpad", error="invalid_token"' } })
  }
  return {
    key: { id: row.id, name: row.name, lastFour: row.lastFour, createdAt: instant(row.createdAt) },
    user: { id: row.userId, name: row.userName, email: row.email },
    organization: { id: row.organizationId, name: row.organizationName },
    role: member.role,
    expiresAt: row.expiresAt === null ? null : instant(row.expiresAt),
    secretEndsAt: row.secretEndsAt === null ? null : instant(row.secretEndsAt),
    quota: quotaAnswer(count),
  }
}
