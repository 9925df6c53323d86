import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { seedKey } from '../testing/seed.ts'
import { openTestApp } from '../testing/test-app.ts'
import { databaseKinds, openTestDatabase } from '../testing/test-database.ts'
import { createRefusals } from './refusals.ts'
import type { FoundKey, Refused } from './verdict.ts'

const noon = Date.UTC(2026, 0, 31, 12)

for (const kind of databaseKinds) {
  describe(`the counts of refusals on ${kind}`, () => {
    it('adds up by key, hour and reason, leaves out unknown keys, and forgets those that are gone', async (t) => {
      const database = await openTestDatabase(kind, t)
      const [kept, gone] = await Promise.all([seedKey(database), seedKey(database)])
      const refused = (keyId: string, code: 'key_revoked' | 'key_expired'): Refused => ({
        admitted: false,
        code,
        key: { keyId } as FoundKey,
      })
      const refusals = createRefusals(database, () => noon)
      for (const code of ['key_revoked', 'key_revoked', 'key_expired'] as const) refusals.count(refused(kept.keyId, code))
      refusals.count({ admitted: false, code: 'invalid_key' })
      refusals.count(refused(gone.keyId, 'key_revoked'))
      await database.kysely.deleteFrom('organization').where('id', '=', gone.organizationId).execute()
      await refusals.write()
      refusals.count(refused(kept.keyId, 'key_revoked'))
      await refusals.close()
      const rows = await database.kysely.selectFrom('refusal').select(['keyId', 'hour', 'code', 'count']).orderBy('code').execute()
      assert.deepEqual(
        rows.map((row) => ({ ...row })),
        [
          { keyId: kept.keyId, hour: '2026-01-31T12', code: 'key_expired', count: 1 },
          { keyId: kept.keyId, hour: '2026-01-31T12', code: 'key_revoked', count: 3 },
        ],
      )
    })

    it('keeps what could not be written for the next write', async (t) => {
      const database = await openTestDatabase(kind, t)
      const key = await seedKey(database)
      const refusals = createRefusals(database, () => noon)
      refusals.count({ admitted: false, code: 'key_revoked', key: { keyId: key.keyId } as FoundKey })
      await database.kysely.schema.alterTable('refusal').renameTo('elsewhere').execute()
      await refusals.write()
      await database.kysely.schema.alterTable('elsewhere').renameTo('refusal').execute()
      await refusals.close()
      assert.equal((await database.kysely.selectFrom('refusal').select('count').executeTakeFirst())?.count, 1)
    })

    it('has by itself, within a second, the request that the door refused, and none that it admitted', { timeout: 30_000 }, async (t) => {
      t.mock.timers.enable({ apis: ['setInterval'] })
      const { app, database, signedInAs, generateKey } = await openTestApp(kind, t, { config: { dailyQuota: 1 } })
      const { keyId, secret } = await generateKey(await signedInAs())
      const ask = async () => (await app.inject({ url: '/api/public/v1/me', headers: { 'x-api-key': secret } })).statusCode
      assert.deepEqual([await ask(), await ask()], [200, 429])
      t.mock.timers.tick(1_000)
      const read = () => database.kysely.selectFrom('refusal').select(['keyId', 'code', 'count']).execute()
      let rows = await read()
      while (rows.length === 0) {
        await setTimeout(5)
        rows = await read()
      }
      assert.deepEqual(
        rows.map((row) => ({ ...row })),
        [{ keyId, code: 'quota_exceeded', count: 1 }],
      )
    })
  })
}
