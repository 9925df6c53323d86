import type { Origin } from '../audit/origin.ts'
import type { Config } from '../config.ts'
import { type Database, readClock } from '../database/database.ts'
import { sealLink } from '../notices/sealed-link.ts'
import { writeNotice } from '../notices/write-notice.ts'
import { lockUserOf, passwordResetValidMs, writePasswordReset } from './create-password-reset.ts'

/** Whoever asks again sooner is not sent another: nobody can fill somebody's mailbox, nor void each link before it is opened. */
const onceInMs = 600_000

/**
 * Has a link mailed with which the password of the account with this e-mail address can be set, once, within an hour. Where there is no such
 * account, and where one was mailed in the last minutes, nothing happens; who asks is not told.
 */
export async function mailPasswordReset(
  database: Database,
  { publicUrl, sessionSecret }: Pick<Config, 'publicUrl' | 'sessionSecret'>,
  { email, origin }: { readonly email: string; readonly origin?: Origin | undefined },
): Promise<void> {
  await database.kysely.transaction().execute(async (transaction) => {
    const userId = await lockUserOf(transaction, email)
    if (userId === undefined) return
    const now = await readClock(database, transaction)
    const last = await transaction
      .selectFrom('notice')
      .select('id')
      .where('userId', '=', userId)
      .where('kind', '=', 'password_reset')
      .where('createdAt', '>', now - onceInMs)
      .executeTakeFirst()
    if (last !== undefined) return
    const token = await writePasswordReset(database, transaction, { userId, origin })
    await writeNotice(transaction, now, {
      ...{ kind: 'password_reset', facts: {}, to: { userId }, organizationId: null, once: String(now) },
      endsAt: now + passwordResetValidMs,
      sealedLink: sealLink(sessionSecret, `${publicUrl}/reset-password#token=${token}`),
    })
  })
}
