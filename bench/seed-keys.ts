import type { Database } from '../server/database/database.ts'
import { generateSecret } from '../server/keys/secret.ts'
import { seedKey } from '../server/testing/seed.ts'

const rowsAnInsert = 1_000

/** Makes live keys of one member without expiry, and returns their secrets. */
export async function seedKeys(database: Database, count: number): Promise<string[]> {
  const { memberId, userId, organizationId } = await seedKey(database)
  const secrets: string[] = []
  for (let from = 0; from < count; from += rowsAnInsert) {
    const made = Array.from({ length: Math.min(rowsAnInsert, count - from) }, (_, index) => ({
      id: `key_bench${from + index}`,
      ...generateSecret(),
    }))
    await database.kysely.transaction().execute(async (transaction) => {
      const key = { organizationId, memberId, userId, name: 'bench', createdAt: 0, expiresAt: null, revokedAt: null, revokedBy: null }
      await transaction
        .insertInto('key')
        .values(made.map(({ id }) => ({ id, ...key })))
        .execute()
      await transaction
        .insertInto('secret')
        .values(made.map(({ id, hash, lastFour }) => ({ hash, keyId: id, lastFour, createdAt: 0 })))
        .execute()
    })
    for (const { secret } of made) secrets.push(secret)
  }
  return secrets
}
