import { type Database, readClock } from '../database/database.ts'
import { LeafPadError } from '../errors.ts'
import { readMember } from '../organizations/member.ts'
import { mayDo } from '../organizations/roles.ts'
import { keyAnswers, selectKeyRows } from './key-answer.ts'
import { isKeyId } from './key-id.ts'
import { hasStatus, isLive, type KeyStatus } from './key-status.ts'
import { isUnusedSince } from './last-use.ts'
import type { Who } from './lock-member.ts'
import type { KeyAnswer } from './schema.ts'

const dayMs = 86_400_000

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
}

/**
 * Keys of the organization, revoked and expired ones too, the newest first: the user's own, or with `keys:all` everyone's.
 * What is generated while somebody pages neither repeats nor hides a key on the pages that follow. Throws `invalid_query` for
 * a cursor that was not given out.
 */
export async function listKeys(
  database: Database,
  quota: number,
  who: Who,
  { limit = 50, cursor, status, memberId, expiry, expiresWithinDays, unusedForDays }: AskedKeys = {},
): Promise<{ keys: KeyAnswer[]; nextCursor: string | null }> {
  const after = cursor === undefined ? undefined : decodeCursor(cursor)
  const member = await readMember(database.kysely, who, 'keys:own')
  const now = await readClock(database)
  let query = selectKeyRows(database.kysely).where('key.organizationId', '=', member.organizationId)
  if (!mayDo(member.role, 'keys:all')) query = query.where('key.userId', '=', member.userId)
  if (memberId !== undefined) query = query.where('key.memberId', '=', memberId)
  if (status !== undefined) query = query.where(hasStatus(status, now))
  else if (expiry !== undefined || expiresWithinDays !== undefined || unusedForDays !== undefined) query = query.where(isLive(now))
  if (expiry === 'none') query = query.where('key.expiresAt', 'is', null)
  if (expiresWithinDays !== undefined) {
    query = query.where('key.expiresAt', '>', now).where('key.expiresAt', '<=', now + expiresWithinDays * dayMs)
  }
  if (unusedForDays !== undefined) query = query.where((builder) => isUnusedSince(builder, now - unusedForDays * dayMs))
  if (after !== undefined) {
    query = query.where(({ eb, refTuple, tuple }) => eb(refTuple('key.createdAt', 'key.id'), '<', tuple(after.createdAt, after.id)))
  }
  // One more than asked for tells whether there is a next page.
  const rows = await query
    .orderBy('key.createdAt', 'desc')
    .orderBy('key.id', 'desc')
    .limit(limit + 1)
    .execute()
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return {
    keys: await keyAnswers(database.kysely, page, now, quota),
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor(last) : null,
  }
}

interface Position {
  readonly createdAt: number
  readonly id: string
}

function encodeCursor({ createdAt, id }: Position): string {
  return Buffer.from(`${createdAt} ${id}`).toString('base64url')
}

function decodeCursor(cursor: string): Position {
  const [createdAt = '', id = ''] = Buffer.from(cursor, 'base64url').toString().split(' ')
  if (/^\d{1,15}$/.test(createdAt) && isKeyId(id)) return { createdAt: Number(createdAt), id }
  const message = 'was not given out here; send the nextCursor of the page before, or none to begin anew'
  throw new LeafPadError('invalid_query', { detail: `The "cursor" ${message}.`, members: { errors: [{ path: 'cursor', message }] } })
}
