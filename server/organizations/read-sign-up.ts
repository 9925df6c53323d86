import type { Database } from '../database/database.ts'

/** Whether anybody may make an account now: where signing up is open, and the first account is there. */
export async function readSignUp({ kysely }: Database, isOpen: boolean): Promise<{ readonly open: boolean }> {
  if (!isOpen) return { open: false }
  const anyone = await kysely.selectFrom('user').select('id').limit(1).executeTakeFirst()
  return { open: anyone !== undefined }
}
