import { sql, type Transaction } from 'kysely'
import type { Tables } from '../database/tables.ts'
import { LeafPadError } from '../errors.ts'
import { newId } from './id.ts'

export interface NewUser {
  readonly name: string
  readonly email: string
  readonly passwordHash: string
}

/** Inserts a user who signs in by password, and returns the id. Throws `already_exists` for an e-mail address that has an account. */
export async function insertUser(transaction: Transaction<Tables>, user: NewUser, at: string): Promise<string> {
  const id = newId('user')
  const email = user.email.toLowerCase()
  const inserted = await transaction
    .insertInto('user')
    // A comparison, as the two databases write the constant differently.
    .values({ id, name: user.name, email, emailVerified: sql<boolean>`(1 = 0)`, image: null, createdAt: at, updatedAt: at })
    .onConflict((conflict) => conflict.column('email').doNothing())
    .returning('id')
    .executeTakeFirst()
  if (inserted === undefined) {
    throw new LeafPadError('already_exists', { detail: 'There is an account with this e-mail address already. Sign in instead.' })
  }
  await transaction
    .insertInto('account')
    .values({
      id: newId('account'),
      userId: id,
      accountId: id,
      providerId: 'credential',
      password: user.passwordHash,
      createdAt: at,
      updatedAt: at,
    })
    .execute()
  return id
}
