import { join } from 'node:path'
import { buildApp } from '../server/app.ts'
import { openDatabase } from '../server/database/database.ts'
import { migrate } from '../server/database/migrate.ts'
import { openDiskFileStore } from '../server/knowledge-base/disk-file-store.ts'
import { testConfig } from '../server/testing/test-config.ts'
import { seedKeys } from './seed-keys.ts'

/**
 * The whole product on the embedded database, with room for as many documents as a bench can make. Started by main.ts with a folder
 * and a number of keys, all of one member; says where it listens and which secrets it made by messages.
 */
const [folder, keyCount] = process.argv.slice(2) as [string, string]
const config = testConfig({ dailyQuota: 1_000_000_000, maxStorageBytes: Number.MAX_SAFE_INTEGER, logLevel: 'info' })
const database = openDatabase({ location: join(folder, 'leafpad.db') })
await migrate(database)
const secrets = await seedKeys(database, Number(keyCount))
const app = await buildApp({
  config,
  database,
  files: openDiskFileStore(join(folder, 'files')),
  now: Date.now,
  log: { write: (text) => void process.stdout.write(text) },
})
const url = await app.listen({ host: '127.0.0.1', port: 0, listenTextResolver: () => 'listening' })
process.send!({ port: Number(new URL(url).port), secrets })
process.on('disconnect', () => process.exit())
