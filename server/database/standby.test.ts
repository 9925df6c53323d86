import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { GateUnavailableError } from '../admission/gate.ts'
import { openGate } from '../admission/open-gate.ts'
import { startPostgres } from '../testing/postgres.ts'
import { seedKey } from '../testing/seed.ts'
import { openDatabase } from './database.ts'
import { migrate } from './migrate.ts'
import { isUnavailable } from './unavailable.ts'

describe('a PostgreSQL server in recovery', () => {
  it('is asked for nothing: it gives no verdict, no session, and no row at all, though it would', async (t) => {
    const server = await startPostgres()
    t.after(() => server.stop())
    const before = openDatabase({ location: server.url })
    await migrate(before)
    const key = await seedKey(before)
    await before.close()
    await server.restartAsStandby()

    const database = openDatabase({ location: server.url })
    t.after(() => database.close())
    const gate = openGate(database, { dailyQuota: 10 })
    t.after(() => gate.close())
    const asked = { secretHash: key.secretHash, permission: 'documents:read', address: '192.0.2.1' } as const
    await assert.rejects(gate.decide([asked]), GateUnavailableError)
    const read = database.kysely.selectFrom('key').select('id').execute()
    await assert.rejects(read, isUnavailable)
  })
})
