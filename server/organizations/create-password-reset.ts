import type { Transaction } from 'kysely'
import { sql } from 'kysely'
import type { Origin } from '../audit/origin.ts'
import { writeAccountEvent } from '../audit/write-account-event.ts'
import type { Database } from '../database/database.ts'
import type { Tables } from '../database/tables.ts'
import { LeafPadError } from '../errors.ts'
import { hashToken, newToken } from './token.ts'

export const passwordResetValidMs = 3_600_000

/**
 * A one-time token, valid for an hour, with which the password of the account with this e-mail address can be set; those made
 * before for it are void. Throws `not_found` when there is no such account.
 */
export async function createPasswordReset(database: Database, email: string): Promise<string> {
  return database.kysely.transaction().execute(async (transaction) => {
    const userId = await lockUserOf(transaction, email)
    if (userId === undefined) throw new LeafPadError('not_found', { detail: 'There is no account with this e-mail address.' })
    return writePasswordReset(database, transaction, { userId })
  })
}

/** The account with an e-mail address, if there is one; it stays until the transaction ends. */
export async function lockUserOf(transaction: Transaction<Tables>, email: string): Promise<string | undefined> {
  const user = await transaction.selectFrom('user').select('id').where('email', '=', email.toLowerCase()).forUpdate().executeTakeFirst()
  return user?.id
}

/** Writes the token for a user who is locked, in place of those before, and returns it. */
export async function writePasswordReset(
  database: Database,
  transaction: Transaction<Tables>,
  { userId, origin }: { readonly userId: string; readonly origin?: Origin | undefined },
): Promise<string> {
  const token = newToken()
  await transaction.deleteFrom('oneTimeToken').where('purpose', '=', 'password-reset').where('userId', '=', userId).execute()
  const expiresAt = sql<number>`${database.clock()} + ${sql.lit(passwordResetValidMs)}`
  await transaction
    .insertInto('oneTimeToken')
    .values({ hash: hashToken(token), purpose: 'password-reset', userId, expiresAt })
    .execute()
  await writeAccountEvent(database, transaction, { userId, action: 'password_reset_link_made', origin })
  return token
}
