import type { Database } from '../../server/database/database.ts'

const dayMs = 86_400_000

/** Gives every key permissions, networks and an expiry of its own, and every organization a policy of all limits; all let the load in. */
export async function limitKeys({ kysely }: Database): Promise<void> {
  const createdAt = Date.now()
  await kysely
    .updateTable('key')
    .set({ createdAt, expiresAt: createdAt + 90 * dayMs, permissions: 'documents:read me:read', networks: '127.0.0.0/8 10.0.0.0/8' })
    .execute()
  const policy = { maxLifetimeDays: 90, needsExpiry: 1, maxIdleDays: 30, networks: '127.0.0.0/8 2001:db8::/32' }
  await kysely.updateTable('policy').set(policy).execute()
}
