/**
 * What a TypeScript developer would pick: better-auth's API-key plugin before the bench's handler, behind the bench's HTTP server. Started
 * with a BetterAuthMode and a number of keys, which it makes; asked for them, it tells their texts.
 */
import { createHash, randomBytes } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { apiKey } from '@better-auth/api-key'
import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import pg from 'pg'
import { keysAMember } from '../seeds/keys-in-use.ts'
import { answer, benchServer, listen } from '../servers/bench-server.ts'
import type { BetterAuthMode } from './better-auth-mode.ts'
import { mapStorage, redisStorage } from './storages.ts'

const dayMs = 86_400_000
const [modeText, keyCount] = process.argv.slice(2) as [string, string]
const { database, storage, fallbackToDatabase }: BetterAuthMode = JSON.parse(modeText)

const opened = openDatabase(database)
const secondaryStorage = storage === null ? undefined : storage.kind === 'map' ? mapStorage() : redisStorage(storage.url)
const auth = betterAuth({
  database: opened.database,
  ...(secondaryStorage !== undefined && { secondaryStorage }),
  baseURL: 'http://localhost',
  secret: randomBytes(32).toString('base64url'),
  emailAndPassword: { enabled: true },
  telemetry: { enabled: false },
  logger: { disabled: true },
  plugins: [
    apiKey({
      rateLimit: { enabled: true, timeWindow: dayMs, maxRequests: 1_000_000_000 },
      ...(storage !== null && { storage: 'secondary-storage', fallbackToDatabase }),
    }),
  ],
})
const { runMigrations } = await getMigrations(auth.options)
await runMigrations()
const keys = await seedKeys(Number(keyCount))

const { app } = benchServer()
app.get(
  '/admitted',
  {
    ...answer.options,
    async onRequest(request) {
      const { valid } = await auth.api.verifyApiKey({ body: { key: String(request.headers['x-api-key']) } })
      // Answers that are not 2xx end the measurement, so what an error says does not matter.
      if (!valid) throw new Error('The key was refused.')
    },
  },
  answer.handler,
)
process.on('message', () => process.send!(keys))
await listen(app)

interface Opened {
  readonly database: DatabaseSync | pg.Pool
  /** Inserts rows into a table, all with the same columns. */
  insert(table: string, rows: readonly Record<string, unknown>[]): Promise<void>
  select(text: string): Promise<Record<string, unknown>[]>
}

function openDatabase(location: string): Opened {
  const insertion = (table: string, columns: string[], values: string[]) =>
    `insert into "${table}" (${columns.map((column) => `"${column}"`).join(', ')}) values ${values.join(', ')}`
  if (location.startsWith('postgres://')) {
    const pool = new pg.Pool({ connectionString: location })
    return {
      database: pool,
      async insert(table, rows) {
        const columns = Object.keys(rows[0]!)
        const rowsAnInsert = Math.floor(65_535 / columns.length)
        for (let from = 0; from < rows.length; from += rowsAnInsert) {
          const some = rows.slice(from, from + rowsAnInsert)
          const values = some.map((_, row) => `(${columns.map((_, column) => `$${row * columns.length + column + 1}`).join(', ')})`)
          await pool.query(
            insertion(table, columns, values),
            some.flatMap((row) => Object.values(row)),
          )
        }
      },
      select: async (text) => (await pool.query(text)).rows,
    }
  }
  const connection = new DatabaseSync(location)
  connection.exec('pragma journal_mode = wal; pragma synchronous = full')
  return {
    database: connection,
    async insert(table, rows) {
      const columns = Object.keys(rows[0]!)
      const statement = connection.prepare(insertion(table, columns, [`(${columns.map(() => '?').join(', ')})`]))
      connection.exec('begin')
      for (const row of rows) statement.run(...(Object.values(row) as (string | number | null)[]))
      connection.exec('commit')
    },
    select: async (text) => connection.prepare(text).all(),
  }
}

/**
 * Has better-auth make one key, and copies it: same fields, another id and another secret, and of other users, each of whom has as many as a member has on the
 * other side: with a storage alone, a list of all keys of the user is read for each request.
 */
async function seedKeys(count: number): Promise<string[]> {
  const { user } = await auth.api.signUpEmail({ body: { email: 'ada@example.com', name: 'Ada', password: 'correct horse battery' } })
  const first = await auth.api.createApiKey({ body: { userId: user.id } })
  const made = Array.from({ length: count }, (_, index) => {
    const text = randomBytes(48).toString('base64url')
    const key = createHash('sha256').update(text).digest('base64url')
    return { fields: { id: randomBytes(16).toString('hex'), key, referenceId: `${user.id}${Math.floor(index / keysAMember)}` }, text }
  })
  if (storage === null || fallbackToDatabase) {
    const [row] = await opened.select('select * from apikey')
    await opened.insert(
      'apikey',
      made.map(({ fields }) => ({ ...row, ...fields })),
    )
  } else {
    const kept = JSON.parse(String(await secondaryStorage!.get(`api-key:by-id:${first.id}`)))
    for (const { fields } of made) {
      const text = JSON.stringify({ ...kept, ...fields })
      await secondaryStorage!.set(`api-key:${fields.key}`, text)
      await secondaryStorage!.set(`api-key:by-id:${fields.id}`, text)
    }
  }
  return made.map(({ text }) => text)
}
