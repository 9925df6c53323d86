import type { Database } from '../database/database.ts'
import { hashToken, newToken } from './token.ts'

/**
 * A new token that opens the set-up, to be told once; null when an account exists. Those made before, by other processes on the
 * same database, stay valid until the set-up.
 */
export async function createSetUpToken(database: Database): Promise<string | null> {
  const token = newToken()
  return database.kysely.transaction().execute(async (transaction) => {
    const user = await transaction.selectFrom('user').select('id').limit(1).executeTakeFirst()
    if (user !== undefined) return null
    await transaction
      .insertInto('oneTimeToken')
      .values({ hash: hashToken(token), purpose: 'set-up', userId: null, expiresAt: null })
      .execute()
    return token
  })
}
