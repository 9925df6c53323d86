import type { Origin } from '../audit/origin.ts'
import { writeAccountEvent } from '../audit/write-account-event.ts'
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
    origin,
  }: {
    readonly userId: string
    readonly sessionId: string
    readonly password: string
    readonly newPassword: string
    readonly origin?: Origin | undefined
  },
): Promise<void> {
  checkPassword(newPassword, 'newPassword')
  const replaces = await requirePassword(database, authentication, { userId, password, origin })
  const passwordHash = await authentication.hashPassword(newPassword)
  await database.kysely.transaction().execute(async (transaction) => {
    await lockUser(transaction, userId)
    const written = await writePassword(database, transaction, { userId, passwordHash, replaces, keptSessionId: sessionId })
    if (!written) throw wrongPassword()
    await writeAccountEvent(database, transaction, { userId, action: 'password_changed', origin })
  })
}
