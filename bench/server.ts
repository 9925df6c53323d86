import { join } from 'node:path'
import { openGate } from '../server/admission/open-gate.ts'
import { createQueue } from '../server/admission/queue.ts'
import { recheckKey } from '../server/admission/recheck-key.ts'
import { openDatabase } from '../server/database/database.ts'
import { migrate } from '../server/database/migrate.ts'
import { createMetrics } from '../server/http/metrics.ts'
import { openPublicDoor } from '../server/http/public-door.ts'
import { buildServer } from '../server/http/server.ts'
import { hashSecret } from '../server/keys/secret.ts'
import { testConfig } from '../server/testing/test-config.ts'
import { seedKeys } from './seed-keys.ts'

/**
 * The product's own server, queue and gate with one handler behind the public door (`/admitted`) and in front of it (`/open`), so
 * that what is measured between the two is admission. Started by main.ts with a folder and a number of keys; says where it listens
 * and which secrets it made by messages.
 */
const [folder, keyCount] = process.argv.slice(2) as [string, string]
const config = testConfig({ dailyQuota: 1_000_000_000, logLevel: 'info' })
const database = openDatabase({ location: join(folder, 'leafpad.db') })
await migrate(database)
const secrets = await seedKeys(database, Number(keyCount))

const metrics = createMetrics()
const { app } = buildServer(config, { write: (text) => void process.stdout.write(text) }, metrics)
const queue = createQueue({ gate: metrics.measure(openGate(database, { dailyQuota: config.dailyQuota })) })
const response = { 200: { type: 'object', properties: { id: { type: 'string' }, name: { type: 'string' }, size: { type: 'integer' } } } }
const handler = async () => ({ id: 'doc_5fJ2mQ8xTz', name: 'handbook.txt', size: 1234 })
app.get('/open', { schema: { response } }, handler)
await app.register(async (door) => {
  openPublicDoor(door, {
    database,
    origin: config.publicUrl,
    hashSecret,
    decide: queue.decide,
    recheck: (transaction, key, permission) => recheckKey(database, transaction, key, permission),
    findSession: async () => undefined,
    onDecided: (refused) => (refused === undefined ? metrics.admitted() : metrics.refused(refused.code)),
  })
  door.get('/admitted', { schema: { response }, config: { permission: 'documents:read' } }, handler)
})
const url = await app.listen({ host: '127.0.0.1', port: 0, listenTextResolver: () => 'listening' })
process.send!({ port: Number(new URL(url).port), secrets })
process.on('disconnect', () => process.exit())
