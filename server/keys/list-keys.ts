import { type Database, readClock } from '../database/database.ts'
import { LeafPadError } from '../errors.ts'
import { readMember } from '../organizations/member.ts'
import { mayDo } from '../organizations/roles.ts'
import { type KeyRow, keyAnswers, selectKeyRows } from './key-answer.ts'
import { isKeyId } from './key-id.ts'
import { hasStatus, isLive, type KeyStatus } from './key-status.ts'
import { isUnusedSince } from './last-use.ts'
import type { Who } from './lock-member.ts'
import type { KeyAnswer } from './schema.ts'
import { isAfter, type Position, searchKeys } from './search-keys.ts'

const dayMs = 86_400_000

/** More of a secret than people recognise it by. */
const secretPattern = /leafpad_[0-9A-Za-z]{5}/

/** Which keys are asked for: those for which all holds that is said. */
export interface AskedKeys {
  /** 1 to 100, 50 by default. */
  readonly limit?: number
  /** The `nextCursor` of the page before. */
  readonly cursor?: string
  /** If nothing is said: any; but where one of the last three is said, live ones, since what is over needs nobody's attention. */
  readonly status?: KeyStatus
  /** The membership they were made under. */
  readonly memberId?: string
  /** Those that never expire. */
  readonly expiry?: 'none'
  /** Those whose expiry is to come, this many days from now at most. */
  readonly expiresWithinDays?: number
  /** Those whose last use is this many days ago at least; a key that was never used, when it was made. */
  readonly unusedForDays?: number
  /** Those with these words in their name, or this as the end of a secret. */
  readonly search?: string
}

/**
 * Keys of the organization, revoked and expired ones too, the newest first: the user's own, or with `keys:all` everyone's.
 * What is generated while somebody pages neither repeats nor hides a key on the pages that follow. Throws `invalid_query` for
 * a cursor that was not given out, and for a search with a secret in it.
 */
export async function listKeys(
  database: Database,
  quota: number,
  who: Who,
  { limit = 50, cursor, status, memberId, expiry, expiresWithinDays, unusedForDays, search = '' }: AskedKeys = {},
): Promise<{ keys: KeyAnswer[]; nextCursor: string | null }> {
  const after = cursor === undefined ? undefined : decodeCursor(cursor)
  const words = search.trim()
  if (secretPattern.test(words))
    throw invalidQuery('search', 'has a secret in it, which belongs into no address; send its last four characters')
  const member = await readMember(database.kysely, who, 'keys:own')
  const now = await readClock(database)
  let query = selectKeyRows(database.kysely, 'key.organizationId', member.organizationId)
  const userId = mayDo(member.role, 'keys:all') ? undefined : member.userId
  if (userId !== undefined) query = query.where('key.userId', '=', userId)
  if (memberId !== undefined) query = query.where('key.memberId', '=', memberId)
  if (status !== undefined) query = query.where(hasStatus(status, now))
  else if (expiry !== undefined || expiresWithinDays !== undefined || unusedForDays !== undefined) query = query.where(isLive(now))
  if (expiry === 'none') query = query.where('key.expiresAt', 'is', null)
  if (expiresWithinDays !== undefined) {
    query = query.where('key.expiresAt', '>', now).where('key.expiresAt', '<=', now + expiresWithinDays * dayMs)
  }
  if (unusedForDays !== undefined) query = query.where((builder) => isUnusedSince(builder, now - unusedForDays * dayMs))
  if (after !== undefined) query = query.where(isAfter(after))
  query = query.orderBy('key.createdAt', 'desc').orderBy('key.id', 'desc')
  // One more than asked for tells whether there is a next page.
  const wanted = limit + 1
  const rows: KeyRow[] = []
  const found =
    words === '' ? ['any' as const] : searchKeys(database.kysely, { organizationId: member.organizationId, userId, words, after, now })
  for await (const keyIds of found) {
    const among = keyIds === 'any' ? query : query.where('key.id', 'in', keyIds)
    rows.push(...(await among.limit(wanted - rows.length).execute()))
    if (rows.length === wanted) break
  }
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return {
    keys: await keyAnswers(database.kysely, page, now, quota),
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor(last) : null,
  }
}

function encodeCursor({ createdAt, id }: Position): string {
  return Buffer.from(`${createdAt} ${id}`).toString('base64url')
}

function decodeCursor(cursor: string): Position {
  const [createdAt = '', id = ''] = Buffer.from(cursor, 'base64url').toString().split(' ')
  if (/^\d{1,15}$/.test(createdAt) && isKeyId(id)) return { createdAt: Number(createdAt), id }
  throw invalidQuery('cursor', 'was not given out here; send the nextCursor of the page before, or none to begin anew')
}

function invalidQuery(path: string, message: string): LeafPadError {
  return new LeafPadError('invalid_query', { detail: `The "${path}" ${message}.`, members: { errors: [{ path, message }] } })
}
