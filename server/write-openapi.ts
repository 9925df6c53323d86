/** Writes docs/openapi.json from the routes: `node server/write-openapi.ts`. Touches no data: its database is in memory and has no tables. */
import './check-node.ts'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildApp } from './app.ts'
import { openDatabase } from './database/database.ts'
import type { FileStore } from './knowledge-base/file-store.ts'
import { parseSettings } from './parse-settings.ts'

const config = { ...parseSettings({}, String), sessionSecret: 'describes routes and signs nothing', logLevel: 'silent' } as const
const database = openDatabase({ location: ':memory:' })
const gate = { maxInFlight: 1, decide: () => Promise.reject(new Error('there are no keys')), close: async () => {} }
const files = {} as FileStore

const app = await buildApp({ config, database, gate, files, now: Date.now, log: process.stderr })
const { body } = await app.inject({ url: '/api/openapi.json' })
writeFileSync(join(import.meta.dirname, '..', 'docs', 'openapi.json'), body)
await app.close()
await database.close()
