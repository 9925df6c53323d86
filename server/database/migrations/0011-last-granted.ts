import type { Kysely } from 'kysely'

/** What a batch was granted is known without a column: all that it asked for, or nothing. */
export async function up(kysely: Kysely<unknown>): Promise<void> {
  await kysely.schema.alterTable('usage').dropColumn('lastGranted').execute()
}
