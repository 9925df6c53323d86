import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { GateUnavailableError } from '../admission/gate.ts'
import { openGate } from '../admission/open-gate.ts'
import { createPostgres } from '../testing/postgres.ts'
import { seedKey } from '../testing/seed.ts'
import { openDatabase } from './database.ts'
import { migrate } from './migrate.ts'
import { isUnavailable } from './unavailable.ts'

describe('a PostgreSQL server in recovery', () => {
  it('is asked for nothing: it gives no verdict, no session, and no row at all, though it would', async (t) => {
    const primary = await createPostgres()
    t.after(() => primary.remove())
    await primary.start()
    const before = openDatabase({ location: primary.url })
    await migrate(before)
    const key = await seedKey(before)
    await before.close()
    await primary.stop()
    const standby = await primary.copy()
    t.after(() => standby.remove())
    await standby.start()

    const database = openDatabase({ location: standby.url })
    t.after(() => database.close())
    const gate = openGate(database, { dailyQuota: 10 })
    t.after(() => gate.close())
    const asked = { secretHash: key.secretHash, permission: 'documents:read', address: '192.0.2.1' } as const
    await assert.rejects(gate.decide([asked]), GateUnavailableError)
    const read = database.kysely.selectFrom('key').select('id').execute()
    await assert.rejects(read, isUnavailable)
  })
})
