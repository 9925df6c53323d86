import type { Database } from '../../server/database/database.ts'
import { generateKeyId } from '../../server/keys/key-id.ts'
import { generateSecret } from '../../server/keys/secret.ts'
import { seedMember, seedOrganization } from '../../server/testing/seed-members.ts'

/** As many live keys as a member may have by default. */
export const keysAMember = 50
export const membersAnOrganization = 10

const rowsAnInsert = 1_000

/** A live key. */
export interface KeyInUse {
  readonly id: string
  readonly secret: string
}

/** Makes live keys without expiry, of members of organizations. */
export async function seedKeysInUse(database: Database, count: number): Promise<KeyInUse[]> {
  const keys: KeyInUse[] = []
  let organizationId = ''
  let member = { memberId: '', userId: '' }
  for (let from = 0; from < count; from += rowsAnInsert) {
    const made: (KeyInUse & { organizationId: string; memberId: string; userId: string; hash: string; lastFour: string })[] = []
    for (let index = from; index < Math.min(count, from + rowsAnInsert); index++) {
      if (index % (keysAMember * membersAnOrganization) === 0) organizationId = await seedOrganization(database)
      if (index % keysAMember === 0) member = await seedMember(database, organizationId, 'member')
      made.push({ id: generateKeyId(), organizationId, memberId: member.memberId, userId: member.userId, ...generateSecret() })
    }
    await database.kysely.transaction().execute(async (transaction) => {
      const key = { name: 'bench', createdAt: 0, expiresAt: null, revokedAt: null, revokedBy: null }
      await transaction
        .insertInto('key')
        .values(made.map(({ id, organizationId, memberId, userId }) => ({ id, organizationId, memberId, userId, ...key })))
        .execute()
      await transaction
        .insertInto('secret')
        .values(made.map(({ id, hash, lastFour }) => ({ hash, keyId: id, lastFour, createdAt: 0 })))
        .execute()
    })
    for (const { id, secret } of made) keys.push({ id, secret })
  }
  return keys
}
