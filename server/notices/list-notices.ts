import type { Database } from '../database/database.ts'
import { type BannerKind, bannerKinds, isStillTrue, type Told, told } from './notice.ts'

/** A notice as its reader is shown it. */
export type ShownNotice = Told<BannerKind> & {
  readonly id: string
  /** Milliseconds since 1970. */
  readonly createdAt: number
  readonly endsAt: number
  readonly organizationId: string
  readonly organizationName: string
  readonly keyId: string | null
  readonly keyName: string | null
}

/** The newest that are looked at: who has more waiting reads the rest after these. */
const maxRows = 100

/**
 * What a user is to be told by banners, the newest first, of all organizations they are in: what is true still, was not put away, and, of
 * the same kind about the same key, the last. Not told is what the asking session has done itself.
 */
export async function listNotices(database: Database, userId: string, sessionId: string): Promise<ShownNotice[]> {
  const rows = await database.kysely
    .selectFrom('notice')
    .innerJoin('organization', 'organization.id', 'notice.organizationId')
    .innerJoin('member', (join) =>
      join.onRef('member.organizationId', '=', 'notice.organizationId').onRef('member.userId', '=', 'notice.userId'),
    )
    .leftJoin('key', 'key.id', 'notice.keyId')
    .select(['notice.id', 'notice.kind', 'notice.facts', 'notice.createdAt', 'notice.endsAt', 'notice.keyId'])
    .select(['organization.id as organizationId', 'organization.name as organizationName'])
    .select(['key.name as keyName', 'key.expiresAt', 'key.revokedAt'])
    .where('notice.userId', '=', userId)
    .where('notice.kind', 'in', bannerKinds)
    .where('notice.dismissedAt', 'is', null)
    .where('notice.endsAt', '>', database.clock())
    .orderBy('notice.createdAt', 'desc')
    .orderBy('notice.id', 'desc')
    .limit(maxRows)
    .execute()
  const shown = new Set<string>()
  return rows.flatMap((row) => {
    const key = row.keyName === null ? null : { expiresAt: row.expiresAt, revokedAt: row.revokedAt }
    const notice = told(row as typeof row & { kind: BannerKind })
    const isOwnDoing = notice.kind === 'key_generated' && notice.facts.sessionId === sessionId
    const about = row.keyId === null ? row.id : `${row.kind} ${row.keyId}`
    if (isOwnDoing || shown.has(about) || !isStillTrue(row.kind, row.endsAt, key)) return []
    shown.add(about)
    const { id, createdAt, endsAt, organizationId, organizationName, keyId, keyName } = row
    return [{ ...notice, id, createdAt, endsAt, organizationId, organizationName, keyId, keyName }]
  })
}
