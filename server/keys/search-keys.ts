import type { Expression, ExpressionBuilder, Kysely, SqlBool } from 'kysely'
import type { Tables } from '../database/tables.ts'

/** A place in the list of keys, which has the newest first. */
export interface Position {
  readonly createdAt: number
  readonly id: string
}

/** Whether a key comes after a place in the list. */
export function isAfter({ createdAt, id }: Position) {
  return ({ eb, refTuple, tuple }: ExpressionBuilder<Tables, 'key'>): Expression<SqlBool> =>
    eb(refTuple('key.createdAt', 'key.id'), '<', tuple(createdAt, id))
}

export interface SearchedFor {
  readonly organizationId: string
  /** Whose keys are looked at; undefined: everyone's. It spares looking; the list itself leaves out what is another's. */
  readonly userId: string | undefined
  readonly words: string
  /** Undefined: from the newest on. */
  readonly after: Position | undefined
  /** The database's time. */
  readonly now: number
}

/** Keys looked at at once: few enough for others to be served in between. */
const lookedAtOnce = 1_000

/**
 * The ids of an organization's keys that have words in their name, whatever the case, or as the last four characters, or some of them, of a secret
 * that has not ended; what lists have before these may come with them. A thousand keys after the other are looked at, and the ids told of
 * those in which there are any. In the program and not in SQL: the databases differ in which letters are the same in another case.
 */
export async function* searchKeys(
  kysely: Kysely<Tables>,
  { organizationId, userId, words, after, now }: SearchedFor,
): AsyncGenerator<readonly string[]> {
  const folded = fold(words)
  for (let position = after; ; ) {
    let query = kysely.selectFrom('key').select(['id', 'name', 'createdAt']).where('organizationId', '=', organizationId)
    if (userId !== undefined) query = query.where('userId', '=', userId)
    if (position !== undefined) query = query.where(isAfter(position))
    const keys = await query.orderBy('createdAt', 'desc').orderBy('id', 'desc').limit(lookedAtOnce).execute()
    const bySecret = await searchSecrets(kysely, folded, now, keys)
    const found = keys.filter(({ id, name }) => bySecret.has(id) || fold(name).includes(folded)).map(({ id }) => id)
    if (found.length > 0) yield found
    if (keys.length < lookedAtOnce) return
    position = keys.at(-1)
  }
}

/** Which of some keys have a secret that ends so. */
async function searchSecrets(kysely: Kysely<Tables>, words: string, now: number, keys: readonly Position[]): Promise<Set<string>> {
  const end = /^(?:leafpad_)?(?:…|\.\.\.)?([0-9a-z]{1,4})$/.exec(words)?.[1]
  if (end === undefined || keys.length === 0) return new Set()
  const ids = keys.map(({ id }) => id)
  const secrets = await kysely
    .selectFrom('secret')
    .select(['keyId', 'lastFour'])
    .where('keyId', 'in', ids)
    .where(({ eb, or }) => or([eb('endsAt', 'is', null), eb('endsAt', '>', now)]))
    .execute()
  return new Set(secrets.filter(({ lastFour }) => fold(lastFour).includes(end)).map(({ keyId }) => keyId))
}

function fold(text: string): string {
  return text.normalize('NFC').toLowerCase()
}
