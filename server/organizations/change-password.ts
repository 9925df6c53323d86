import type { Database } from '../database/database.ts'
import type { Authentication } from './authentication.ts'
import { checkPassword } from './check-password.ts'
import { lockUser } from './lock-user.ts'
import { requirePassword, wrongPassword } from './require-password.ts'
import { writePassword } from './write-password.ts'

/** Replaces the password of who is signed in and ends all other sessions. Throws `wrong_password`, `not_signed_in`. */
export async function changePassword(
  database: Database,
  authentication: Pick<Authentication, 'hashPassword' | 'verifyPassword'>,
  {
    userId,
    sessionId,
    password,
    newPassword,
  }: { readonly userId: string; readonly sessionId: string; readonly password: string; readonly newPassword: string },
): Promise<void> {
  checkPassword(newPassword, 'newPassword')
  const replaces = await requirePassword(database, authentication, { userId, password })
  const passwordHash = await authentication.hashPassword(newPassword)
  await database.kysely.transaction().execute(async (transaction) => {
    await lockUser(transaction, userId)
    const written = await writePassword(database, transaction, { userId, passwordHash, replaces, keptSessionId: sessionId })
    if (!written) throw wrongPassword()
  })
}
