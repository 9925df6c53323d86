import type { Origin } from '../audit/origin.ts'
import { writeAccountEvent } from '../audit/write-account-event.ts'
import type { Database } from '../database/database.ts'
import { LeafPadError } from '../errors.ts'
import type { Authentication } from './authentication.ts'

/** The stored hash of a user's password, once `password` was found to be it. Throws `wrong_password`. */
export async function requirePassword(
  database: Database,
  { verifyPassword }: Pick<Authentication, 'verifyPassword'>,
  { userId, password, origin }: { readonly userId: string; readonly password: string; readonly origin?: Origin | undefined },
): Promise<string> {
  const account = await database.kysely
    .selectFrom('account')
    .select('password')
    .where('userId', '=', userId)
    .where('providerId', '=', 'credential')
    .executeTakeFirst()
  if (account === undefined || !(await verifyPassword(account.password, password))) {
    await writeAccountEvent(database, database.kysely, { userId, action: 'wrong_password', origin })
    throw wrongPassword()
  }
  return account.password
}

export function wrongPassword(): LeafPadError {
  return new LeafPadError('wrong_password', { detail: 'The current password is wrong. Nothing was changed.' })
}
