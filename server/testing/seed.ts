import { createHash, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import type { Database } from '../database/database.ts'
import type { Role } from '../organizations/roles.ts'

export interface SeededKey {
  readonly keyId: string
  readonly secretHash: string
  readonly secretNumber: number
  readonly memberId: string
  readonly userId: string
  readonly organizationId: string
}

/** A user, an organization, a membership and a live key, as rows: for tests of what comes after them. */
export async function seedKey(
  database: Database,
  { role = 'member', expiresAt = null }: { readonly role?: Role; readonly expiresAt?: number | null } = {},
): Promise<SeededKey> {
  const random = randomBytes(12).toString('hex')
  const [userId, organizationId, memberId, keyId] = [`user_${random}`, `org_${random}`, `mem_${random}`, `key_${random}`]
  const secretHash = createHash('sha256').update(random).digest('base64url')
  const date = '2026-01-01T00:00:00.000Z'
  const no = database.kind === 'postgres' ? sql`false` : sql`0`
  await database.kysely.transaction().execute(async (transaction) => {
    await sql`insert into "user" (id, name, email, "emailVerified", "createdAt", "updatedAt")
      values (${userId}, 'Ada', ${`${random}@example.test`}, ${no}, ${date}, ${date})`.execute(transaction)
    await sql`insert into organization (id, name, slug, "createdAt") values (${organizationId}, 'Acme', ${random}, ${date})`.execute(
      transaction,
    )
    await sql`insert into member (id, "organizationId", "userId", role, "createdAt")
      values (${memberId}, ${organizationId}, ${userId}, ${role}, ${date})`.execute(transaction)
    await transaction
      .insertInto('key')
      .values({ id: keyId, organizationId, memberId, userId, name: 'CI', createdAt: 0, expiresAt, revokedAt: null, revokedBy: null })
      .execute()
    await transaction.insertInto('secret').values({ hash: secretHash, keyId, lastFour: 'a3F9', createdAt: 0 }).execute()
  })
  return { keyId, secretHash, secretNumber: 1, memberId, userId, organizationId }
}
