import type { Kysely } from 'kysely'
import type { Origin } from '../audit/origin.ts'
import { writeAccountEvent } from '../audit/write-account-event.ts'
import type { Database } from '../database/database.ts'
import type { Tables } from '../database/tables.ts'
import { LeafPadError } from '../errors.ts'
import type { Authentication } from './authentication.ts'
import { checkPassword } from './check-password.ts'
import { insertOrganization } from './insert-organization.ts'
import { insertUser } from './insert-user.ts'
import { parseName } from './parse-name.ts'
import { readInstant } from './read-instant.ts'
import { hashToken } from './token.ts'

export interface SetUp {
  readonly token: string
  readonly name: string
  readonly email: string
  readonly password: string
  readonly organizationName: string
  readonly origin?: Origin | undefined
}

/**
 * Makes the first account and its organization, and returns the user's id. Exactly one is made however many ask at once; from then
 * on, and for a token that was never told, it throws `invalid_token`.
 */
export async function setUp(
  database: Database,
  { hashPassword }: Pick<Authentication, 'hashPassword'>,
  { token, email, password, origin, ...named }: SetUp,
): Promise<string> {
  const name = parseName(named.name)
  const organizationName = parseName(named.organizationName, 'organizationName')
  checkPassword(password)
  // Hashing is dear: a made-up token is not worth it.
  await requireSetUpToken(database.kysely, token)
  const passwordHash = await hashPassword(password)
  return database.kysely.transaction().execute(async (transaction) => {
    // All tokens, in order: of two that set up at once with different tokens, one waits here and then finds them gone.
    await transaction.selectFrom('oneTimeToken').select('hash').where('purpose', '=', 'set-up').orderBy('hash').forUpdate().execute()
    await requireSetUpToken(transaction, token)
    const at = await readInstant(database, transaction)
    const userId = await insertUser(transaction, { name, email, passwordHash }, at)
    await writeAccountEvent(database, transaction, { userId, action: 'account_made', details: { how: 'set-up' }, origin })
    await insertOrganization(database, transaction, { name: organizationName, ownerId: userId, origin }, at)
    await transaction.deleteFrom('oneTimeToken').where('purpose', '=', 'set-up').execute()
    return userId
  })
}

async function requireSetUpToken(kysely: Kysely<Tables>, token: string) {
  const row = await kysely
    .selectFrom('oneTimeToken')
    .select('hash')
    .where('hash', '=', hashToken(token))
    .where('purpose', '=', 'set-up')
    .where(({ not, exists, selectFrom }) => not(exists(selectFrom('user').select('user.id'))))
    .executeTakeFirst()
  if (row !== undefined) return
  throw new LeafPadError('invalid_token', {
    detail:
      'The set-up link is not valid: LeafPad is set up already, or the link is not the one the server printed. Sign in, or ask for an invitation.',
  })
}
