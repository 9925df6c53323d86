import type { Origin } from '../audit/origin.ts'
import type { Database } from '../database/database.ts'
import { onBehalfOf } from '../database/places.ts'
import { hashToken } from './token.ts'

/** The user of a session, read from the database for this very request. */
export interface SignedIn {
  readonly sessionId: string
  readonly userId: string
  readonly userName: string
  readonly email: string
  /** The organization the session works in; null before one is chosen, and when the user is no member of it any more. */
  readonly activeOrganizationId: string | null
  /** The request that the session came with; the door adds it. */
  readonly origin?: Origin | undefined
}

/**
 * Who is signed in with a session's token, or undefined when there is no such session or it has expired by the database's clock.
 * One query; writes nothing.
 */
export async function findSession(database: Database, token: string): Promise<SignedIn | undefined> {
  const tokenHash = hashToken(token)
  const query = database.kysely
    .selectFrom('session')
    .innerJoin('user', 'user.id', 'session.userId')
    .leftJoin('member', (join) =>
      join.onRef('member.userId', '=', 'session.userId').onRef('member.organizationId', '=', 'session.activeOrganizationId'),
    )
    .select(['session.id as sessionId', 'session.userId', 'user.name as userName', 'user.email', 'session.expiresAt'])
    .select(['member.organizationId as activeOrganizationId', database.clock().as('now')])
    .where('session.token', '=', tokenHash)
  // Whose it is, is not known before.
  const row = await onBehalfOf([tokenHash], () => query.executeTakeFirst())
  if (row === undefined || new Date(row.expiresAt).getTime() <= row.now) return undefined
  const { expiresAt: _, now: __, ...signedIn } = row
  return signedIn
}

/** On whose behalf a request with a session is done: the user's, and that of the organization it works in. */
export function behalfOf({ userId, activeOrganizationId }: SignedIn): readonly string[] {
  return activeOrganizationId === null ? [userId] : [userId, activeOrganizationId]
}
