import type { Kysely } from 'kysely'

/** Why a key was revoked; of those revoked before, nobody said. */
export async function up(kysely: Kysely<unknown>): Promise<void> {
  await kysely.schema.alterTable('key').addColumn('revokedReason', 'text').execute()
  await kysely.schema.alterTable('key').addColumn('revokedNote', 'text').execute()
}
