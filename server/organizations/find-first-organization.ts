import type { Kysely } from 'kysely'
import type { Tables } from '../database/tables.ts'

/** The organization a new session of a user starts in: the one joined first, or null when there is none. */
export async function findFirstOrganization(kysely: Kysely<Tables>, userId: string): Promise<string | null> {
  const row = await kysely
    .selectFrom('member')
    .select('organizationId')
    .where('userId', '=', userId)
    .orderBy('createdAt')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
  return row?.organizationId ?? null
}
