import { sql } from 'kysely'
import { writeAccountEvent } from '../audit/write-account-event.ts'
import type { Database } from '../database/database.ts'
import { LeafPadError } from '../errors.ts'
import { hashToken, newToken } from './token.ts'

const validMs = 3_600_000

/**
 * A one-time token, valid for an hour, with which the password of the account with this e-mail address can be set; those made
 * before for it are void. Throws `not_found` when there is no such account.
 */
export async function createPasswordReset(database: Database, email: string): Promise<string> {
  const token = newToken()
  return database.kysely.transaction().execute(async (transaction) => {
    const user = await transaction.selectFrom('user').select('id').where('email', '=', email.toLowerCase()).forUpdate().executeTakeFirst()
    if (user === undefined) throw new LeafPadError('not_found', { detail: 'There is no account with this e-mail address.' })
    await transaction.deleteFrom('oneTimeToken').where('purpose', '=', 'password-reset').where('userId', '=', user.id).execute()
    const expiresAt = sql<number>`${database.clock()} + ${sql.lit(validMs)}`
    await transaction
      .insertInto('oneTimeToken')
      .values({ hash: hashToken(token), purpose: 'password-reset', userId: user.id, expiresAt })
      .execute()
    await writeAccountEvent(database, transaction, { userId: user.id, action: 'password_reset_link_made' })
    return token
  })
}
