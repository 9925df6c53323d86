import type { Origin } from '../audit/origin.ts'
import { writeAccountEvent } from '../audit/write-account-event.ts'
import type { Database } from '../database/database.ts'
import { LeafPadError } from '../errors.ts'
import type { Authentication } from './authentication.ts'
import { checkPassword } from './check-password.ts'
import { hashToken } from './token.ts'
import { writePassword } from './write-password.ts'

/** Sets the password of the account a token was made for and ends all its sessions. A token works once; else throws `invalid_token`. */
export async function resetPassword(
  database: Database,
  { hashPassword }: Pick<Authentication, 'hashPassword'>,
  { token, password, origin }: { readonly token: string; readonly password: string; readonly origin?: Origin | undefined },
): Promise<void> {
  checkPassword(password)
  const hash = hashToken(token)
  const found = await database.kysely
    .selectFrom('oneTimeToken')
    .select('userId')
    .where('hash', '=', hash)
    .where('purpose', '=', 'password-reset')
    .where('expiresAt', '>', database.clock())
    .executeTakeFirst()
  if (!found?.userId) throw invalidLink()
  const { userId } = found
  const passwordHash = await hashPassword(password)
  await database.kysely.transaction().execute(async (transaction) => {
    const user = await transaction.selectFrom('user').select('id').where('id', '=', userId).forKeyShare().executeTakeFirst()
    const used = await transaction
      .deleteFrom('oneTimeToken')
      .where('hash', '=', hash)
      .where('purpose', '=', 'password-reset')
      .where('expiresAt', '>', database.clock())
      .returning('userId')
      .executeTakeFirst()
    if (user === undefined || used === undefined) throw invalidLink()
    await writePassword(database, transaction, { userId, passwordHash })
    await writeAccountEvent(database, transaction, { userId, action: 'password_reset', origin })
  })
}

function invalidLink(): LeafPadError {
  return new LeafPadError('invalid_token', {
    detail: 'The link to reset the password is not valid any more: it was used or replaced, or is older than an hour. Ask for a new one.',
  })
}
