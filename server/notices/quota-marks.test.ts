import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { seedKey } from '../testing/seed.ts'
import { databaseKinds, openTestDatabase } from '../testing/test-database.ts'
import { createQuotaMarks } from './quota-marks.ts'

const day = '2026-01-31'
const now = Date.parse(`${day}T12:00:00Z`)

for (const kind of databaseKinds) {
  describe(`the marks of the quota on ${kind}`, () => {
    it('are reached with the first request that makes 80 % of it full, and with the last one, and at no other', async (t) => {
      const database = await openTestDatabase(kind, t)
      const key = { ...(await seedKey(database)), role: 'owner', expiresAt: null, revokedAt: null, secretEndsAt: null, limits: null }
      const marks = createQuotaMarks(database)
      t.after(() => marks.close())
      for (const [quota, at80] of [
        [2_000, 1_600],
        [9, 8],
        [10, 8],
      ] as const) {
        const told = async (used: number) => {
          marks.look(key, { day, now, quota, used })
          await marks.write()
          const rows = await database.kysely.selectFrom('notice').select('facts').orderBy('createdAt').orderBy('mark', 'desc').execute()
          return rows.map(({ facts }) => JSON.parse(facts).percent)
        }
        assert.deepEqual(await told(1), [])
        assert.deepEqual(await told(at80 - 1), [])
        assert.deepEqual(await told(at80), [80])
        assert.deepEqual(await told(quota - 1), [80])
        assert.deepEqual((await told(quota)).sort(), [100, 80])
        await database.kysely.deleteFrom('notice').execute()
        // Another key, of which nothing is remembered.
        Object.assign(key, await seedKey(database))
      }
    })

    it('are told of every key whose organization is still there, whatever was erased meanwhile', async (t) => {
      const database = await openTestDatabase(kind, t)
      const rest = { role: 'owner', expiresAt: null, revokedAt: null, secretEndsAt: null, limits: null }
      const [erased, there] = [await seedKey(database), await seedKey(database)]
      const marks = createQuotaMarks(database)
      t.after(() => marks.close())
      for (const key of [erased, there]) marks.look({ ...key, ...rest }, { day, now, quota: 10, used: 10 })
      await database.kysely.deleteFrom('key').where('id', '=', erased.keyId).execute()
      await database.kysely.deleteFrom('organization').where('id', '=', erased.organizationId).execute()
      await marks.write()
      const told = await database.kysely.selectFrom('notice').select('keyId').execute()
      assert.deepEqual(
        told.map(({ keyId }) => keyId),
        [there.keyId],
      )
    })
  })
}
