import type { Transaction } from 'kysely'
import { randomBase62 } from '../base62.ts'
import type { Database } from '../database/database.ts'
import type { Tables } from '../database/tables.ts'
import type { Told } from './notice.ts'

export type NewNotice = Told & {
  /** Who is told: a user, or an e-mail address where no account is meant. */
  readonly to: { readonly userId: string } | { readonly email: string }
  readonly organizationId: string | null
  readonly keyId?: string
  /** What makes it another notice than the others of its kind to the same person about the same key. Default: nothing does. */
  readonly once?: string
  /** From when on nobody needs to be told. Default: 30 days after `now`. */
  readonly endsAt?: number
  /** The link that the mail is for, sealed. */
  readonly sealedLink?: string
}

const shownMs = 30 * 86_400_000

/**
 * Has somebody told, in the transaction of what they are told: by mail where there is a server for it, else by a banner. False, and nothing
 * is written, if that was seen to already. Waits for nobody but who erases the organization; may be called at any place in the order of locks.
 * @param now the database's time
 */
export async function writeNotice(transaction: Transaction<Tables>, now: number, notice: NewNotice): Promise<boolean> {
  const { kind, facts, to, organizationId, keyId = null, once = '', endsAt = now + shownMs, sealedLink = null } = notice
  const [userId, email] = 'userId' in to ? [to.userId, null] : [null, to.email]
  const { numInsertedOrUpdatedRows } = await transaction
    .insertInto('notice')
    .values({
      id: `ntc_${randomBase62(20)}`,
      mark: [kind, userId ?? email, keyId ?? '', once].join(' '),
      ...{ kind, userId, email, organizationId, keyId, facts: JSON.stringify(facts), sealedLink },
      ...{ createdAt: now, endsAt, dueAt: now, attempts: 0 },
    })
    .onConflict((conflict) => conflict.column('mark').doNothing())
    .executeTakeFirstOrThrow()
  return numInsertedOrUpdatedRows === 1n
}

/** Has people told of what is part of no change, all in one transaction. What is about an organization that was erased meanwhile has nobody to tell. */
export async function writeNotices(
  { kysely }: Database,
  now: number,
  notices: readonly (NewNotice & { readonly organizationId: string })[],
): Promise<void> {
  if (notices.length === 0) return
  await kysely.transaction().execute(async (transaction) => {
    const there = await transaction
      .selectFrom('organization')
      .select('id')
      .where('id', 'in', [...new Set(notices.map(({ organizationId }) => organizationId))])
      // Like all who lock several.
      .orderBy('id')
      .forKeyShare()
      .execute()
    const ids = new Set(there.map(({ id }) => id))
    for (const notice of notices) {
      if (ids.has(notice.organizationId)) await writeNotice(transaction, now, notice)
    }
  })
}
