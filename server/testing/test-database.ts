import { createHash } from 'node:crypto'
import { copyFileSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, type TestContext } from 'node:test'
import pg from 'pg'
import { type Database, openDatabase } from '../database/database.ts'
import { migrate } from '../database/migrate.ts'
import { type PostgresServer, startPostgres } from './postgres.ts'
import { RecycledDatabases } from './recycled-databases.ts'

/** Every database LeafPad runs on: `for (const kind of databaseKinds) describe(kind, …)`. */
export const databaseKinds = ['sqlite', 'postgres'] as const

export type DatabaseKind = (typeof databaseKinds)[number]

let server: Promise<Pick<PostgresServer, 'url' | 'stop'>> | undefined
let administrator: Promise<pg.Client> | undefined
let template: Promise<string> | undefined
let templateFile: Promise<string> | undefined
let made = 0

/** The server of the run (LEAFPAD_TEST_POSTGRES_URL), or one started for this test file alone. */
function postgresServer(): Promise<Pick<PostgresServer, 'url' | 'stop'>> {
  const url = process.env.LEAFPAD_TEST_POSTGRES_URL
  server ??= url === undefined ? startPostgres() : Promise.resolve({ url, stop: async () => {} })
  return server
}

const recycled = new RecycledDatabases(() => createPostgres(haveTemplate), dropPostgres)

after(async () => {
  await recycled.close()
  await (await administrator)?.end()
  await (await server)?.stop()
})

/** The location of a new, empty database that is gone after the test. */
export async function createTestDatabase(kind: DatabaseKind, test: Pick<TestContext, 'after'>): Promise<string> {
  if (kind === 'sqlite') return newFile(test)
  const url = await createPostgres(async () => 'template0')
  test.after(() => dropPostgres(url))
  return url
}

/** A migrated database without rows, open until the test ends. */
export async function openTestDatabase(
  kind: DatabaseKind,
  test: Pick<TestContext, 'after'>,
  clockOffsetMs?: () => number,
): Promise<Database> {
  const location = kind === 'sqlite' ? newFile(test) : await recycle(test)
  if (kind === 'sqlite') {
    templateFile ??= makeTemplateFile()
    copyFileSync(await templateFile, location)
  }
  const database = openDatabase({ location, ...(clockOffsetMs && { clockOffsetMs }) })
  // Has nothing to do, and asks the database a first time: one that nobody asked anything is not closed either.
  if (kind === 'sqlite') await migrate(database)
  // Hooks run in the order they were added, so a file is removed before it is closed; both databases allow that.
  test.after(() => database.close())
  return database
}

async function recycle(test: Pick<TestContext, 'after'>): Promise<string> {
  const { url, give } = await recycled.take()
  test.after(give)
  return url
}

function newFile(test: Pick<TestContext, 'after'>): string {
  const folder = mkdtempSync(join(tmpdir(), 'leafpad-test-'))
  test.after(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'leafpad.db')
}

async function createPostgres(template: () => Promise<string>): Promise<string> {
  const { url } = await postgresServer()
  const name = `leafpad_test_${process.pid}_${made++}`
  await administer(`create database ${name} template ${await template()} strategy file_copy`)
  return url.replace(/\/[^/]*$/, `/${name}`)
}

/** Drops a database, whoever is connected to it. */
async function dropPostgres(url: string): Promise<void> {
  await administer(`drop database if exists ${url.slice(url.lastIndexOf('/') + 1)} with (force)`)
}

/** Where to open `database` from another process. */
export function locationOf(database: Database): string {
  return database.kind === 'sqlite' ? database.file : database.url
}

/** Makes the migrated template once a run, and returns its name. */
function haveTemplate(): Promise<string> {
  template ??= makeTemplate()
  return template
}

async function makeTemplate(): Promise<string> {
  const { url } = await postgresServer()
  const name = `leafpad_template_${hashMigrations()}`
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    // Test files are processes of their own: one makes the template, the others wait.
    await client.query('select pg_advisory_lock(7301)')
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name])
    if (rowCount === 0) {
      await client.query(`drop database if exists ${name}_making`)
      await client.query(`create database ${name}_making`)
      const database = openDatabase({ location: url.replace(/\/[^/]*$/, `/${name}_making`) })
      await migrate(database)
      await database.close()
      await client.query(`alter database ${name}_making rename to ${name}`)
    }
  } finally {
    await client.end()
  }
  return name
}

/** A migrated file to be copied, made once in this process, and gone with it. */
async function makeTemplateFile(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'leafpad-test-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const location = join(folder, 'leafpad.db')
  const database = openDatabase({ location })
  await migrate(database)
  await database.close()
  return location
}

/** Names what the template is made by: a server of one's own may have one of an earlier run. */
function hashMigrations(): string {
  const folder = join(import.meta.dirname, '..', 'database')
  const hash = createHash('sha256')
  for (const path of globSync(['migrations/*.ts', 'migrate.ts'], { cwd: folder }).sort()) hash.update(readFileSync(join(folder, path)))
  return hash.digest('hex').slice(0, 16)
}

/** Runs a statement on the maintenance database, over one connection for all: to make one costs more than most statements. */
async function administer(statement: string) {
  administrator ??= postgresServer().then(async ({ url }) => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    return client
  })
  await (await administrator).query(statement)
}
