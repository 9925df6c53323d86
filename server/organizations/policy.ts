import type { Kysely, Selectable } from 'kysely'
import type { Tables } from '../database/tables.ts'
import type { PolicyTable } from './table.ts'

/** What an organization holds its keys to. */
export type Policy = Omit<Selectable<PolicyTable>, 'organizationId'>

/** The policy of an organization that is there. */
export async function readPolicy(kysely: Kysely<Tables>, organizationId: string): Promise<Policy> {
  return kysely
    .selectFrom('policy')
    .select(['maxLifetimeDays', 'needsExpiry', 'maxLiveKeysPerMember', 'maxIdleDays', 'networks'])
    .where('organizationId', '=', organizationId)
    .executeTakeFirstOrThrow()
}
