import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { TLSSocket } from 'node:tls'
import pg from 'pg'
import { freePort, startPostgres } from '../server/testing/postgres.ts'
import { createTestDatabase } from '../server/testing/test-database.ts'
import { startServer, temporaryFolder } from './testing/program.ts'

/** Runs a command that must fail: exit code 1, nothing on standard output, and what it says on standard error without a stack trace. */
async function failure(t: TestContext, settings: Record<string, string>, ...commandArguments: string[]): Promise<string> {
  const program = startServer(t, settings, ...commandArguments)
  const { code } = await program.ended
  assert.deepEqual({ code, out: program.out }, { code: 1, out: '' }, program.err)
  assert.doesNotMatch(program.err, /^ {4}at |node:internal|\.ts:\d/m)
  return program.err
}

/** As failure, of which there must be one line. */
async function sentence(t: TestContext, settings: Record<string, string>): Promise<string> {
  const text = await failure(t, settings)
  assert.equal(text.trimEnd().split('\n').length, 1, text)
  return text
}

async function fresh(t: TestContext): Promise<Record<string, string>> {
  return { LEAFPAD_DATA_DIR: temporaryFolder(t), LEAFPAD_PORT: String(await freePort()), LEAFPAD_FILES: 'local' }
}

test('a port that is taken is told, with the setting for another', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  t.after(() => taken.close())
  const { port } = taken.address() as { port: number }
  const settings = await fresh(t)
  assert.match(
    await sentence(t, { ...settings, LEAFPAD_PORT: String(port) }),
    new RegExp(`^Port ${port} of 127.0.0.1 is taken\\. .*LEAFPAD_PORT`),
  )
  assert.match(await sentence(t, { ...settings, LEAFPAD_METRICS_PORT: String(port) }), /is taken\. .*LEAFPAD_METRICS_PORT/)
})

test('an address that this machine does not have is told', async (t) => {
  assert.match(await sentence(t, { ...(await fresh(t)), LEAFPAD_HOST: '192.0.2.1' }), /no address 192\.0\.2\.1 .*LEAFPAD_HOST/)
})

test('a data folder that cannot be used is told', async (t) => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'file'), '')
  const settings = { ...(await fresh(t)), LEAFPAD_DATA_DIR: join(folder, 'file', 'data') }
  assert.match(await sentence(t, settings), /^The data folder .*data cannot be used: .*ENOTDIR.*LEAFPAD_DATA_DIR/)
})

test('a file in the place of the database that is none is told, and left as it is', async (t) => {
  const settings = await fresh(t)
  const file = join(settings.LEAFPAD_DATA_DIR!, 'leafpad.db')
  writeFileSync(file, 'not a database, but long enough to have a header of a hundred bytes'.repeat(10))
  const before = statSync(file).mtimeMs
  assert.match(await sentence(t, settings), /is no SQLite database/)
  assert.equal(statSync(file).mtimeMs, before)
})

test('a folder in the place of the database is told', async (t) => {
  const settings = await fresh(t)
  mkdirSync(join(settings.LEAFPAD_DATA_DIR!, 'leafpad.db'))
  assert.match(await sentence(t, settings), /^The database in .* cannot be used: it cannot be opened/)
})

test('a PostgreSQL server that does not answer is told, without the password', async (t) => {
  const settings = { ...(await fresh(t)), LEAFPAD_DATABASE_URL: `postgres://leafpad:hunter2@127.0.0.1:${await freePort()}/leafpad` }
  const told = await sentence(t, settings)
  assert.match(told, /^The database postgres:\/\/leafpad:\*{8}@127\.0\.0\.1:\d+\/leafpad cannot be used: .*ECONNREFUSED/)
  assert.doesNotMatch(told, /hunter2/)
})

test('a PostgreSQL database that does not exist is told', async (t) => {
  const url = (await createTestDatabase('postgres', t)).replace(/\/[^/]*$/, '/no_such_database')
  assert.match(await sentence(t, { ...(await fresh(t)), LEAFPAD_DATABASE_URL: url }), /it has no such database; make it with createdb/)
})

test('a PostgreSQL server that wants a password, when the URL has none, is told', async (t) => {
  const { url, stop } = await startPostgres()
  t.after(stop)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(`create role locked login password 'hunter2'`)
  const { rows } = await client.query('show hba_file')
  await client.query(`copy (values ('host all locked all scram-sha-256')) to '${rows[0].hba_file}'`)
  await client.query('select pg_reload_conf()')
  await client.end()
  const told = await sentence(t, { ...(await fresh(t)), LEAFPAD_DATABASE_URL: url.replace('postgres@', 'locked@') })
  assert.match(told, /^The database postgres:\/\/locked@.* wants a password, and LEAFPAD_DATABASE_URL has none\. Write it as postgres:/)
})

test('a PostgreSQL server that does not speak TLS, when the URL wants it, is told, without a warning of a library', async (t) => {
  const url = await createTestDatabase('postgres', t)
  const told = await sentence(t, { ...(await fresh(t)), LEAFPAD_DATABASE_URL: `${url}?sslmode=require` })
  assert.match(told, /does not speak TLS\. Turn TLS on there, or leave sslmode out/)
  const missing = await sentence(t, { ...(await fresh(t)), LEAFPAD_DATABASE_URL: `${url}?sslmode=verify-full&sslrootcert=/no/ca.pem` })
  assert.equal(
    missing,
    'The file /no/ca.pem, sslrootcert in LEAFPAD_DATABASE_URL, cannot be read (ENOENT). Name one that this user may read.\n',
  )
})

test('a PostgreSQL server whose certificate nobody known has signed is told, with what to add', async (t) => {
  const folder = temporaryFolder(t)
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const made = spawnSync('openssl', [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-subj',
    '/CN=localhost',
    '-keyout',
    key,
    '-out',
    cert,
  ])
  if (made.status !== 0) return t.skip('there is no openssl here')
  // As far as the handshake, which comes first, a server with TLS is one byte that agrees to it.
  const server = createServer((socket) => {
    socket
      .on('error', () => {})
      .once('data', () => {
        socket.write('S')
        new TLSSocket(socket, { isServer: true, key: readFileSync(key), cert: readFileSync(cert) }).on('error', () => {})
      })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const { port } = server.address() as { port: number }
  const told = await sentence(t, {
    ...(await fresh(t)),
    LEAFPAD_DATABASE_URL: `postgres://leafpad:hunter2@127.0.0.1:${port}/leafpad?sslmode=require`,
  })
  assert.match(told, /its certificate is not to be trusted \(self-signed certificate\)\. .*&sslrootcert=.*sslmode=no-verify/)
  assert.doesNotMatch(told, /hunter2/)
})

test('with PostgreSQL a server starts only once it is said who reaches the files', async (t) => {
  const settings: Record<string, string> = {
    ...(await fresh(t)),
    LEAFPAD_FILES: '',
    LEAFPAD_DATABASE_URL: await createTestDatabase('postgres', t),
  }
  assert.match(await sentence(t, settings), /documents are stored as files in .*files: .*LEAFPAD_FILES=shared .*LEAFPAD_FILES=local/)
  assert.deepEqual(readdirSync(settings.LEAFPAD_DATA_DIR!), [])
})

test('a session secret that is too short is told', async (t) => {
  const settings = await fresh(t)
  const path = join(settings.LEAFPAD_DATA_DIR!, 'session-secret')
  writeFileSync(path, 'short')
  const told = `${path} holds less than 32 bytes. Remove it, and the next start makes another; that signs everybody out.\n`
  assert.equal(await sentence(t, settings), told)
})

test('a database of a newer program is refused', async (t) => {
  const url = await createTestDatabase('postgres', t)
  const settings = { ...(await fresh(t)), LEAFPAD_DATABASE_URL: url }
  const migrated = startServer(t, settings, 'migrate')
  assert.deepEqual(await migrated.ended, { code: 0, signal: null }, migrated.err)
  assert.match(migrated.out, /^Migrated: 0001-accounts, /)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(`insert into migration values ('9999-later', now()::text)`)
  await client.end()
  assert.match(await sentence(t, settings), /^The database was migrated by a newer LeafPad/)
})

test('every wrong setting is told at once, before anything is opened', async (t) => {
  const folder = join(temporaryFolder(t), 'data')
  const told = await failure(t, { LEAFPAD_DATA_DIR: folder, LEAFPAD_PORT: 'http', LEAFPAD_PROT: '1', LEAFPAD_SESSION_SECRET: 'hunter2' })
  assert.match(told, /LEAFPAD_PORT is "http": write a whole number/)
  assert.match(told, /LEAFPAD_PROT is not a setting: did you mean LEAFPAD_PORT\?/)
  assert.match(told, /LEAFPAD_SESSION_SECRET: write at least 32 random bytes/)
  assert.doesNotMatch(told, /hunter2/)
  assert.throws(() => statSync(folder), /ENOENT/)
})

test('an unknown command is told, with those there are', async (t) => {
  const told = await failure(t, await fresh(t), 'sevre')
  assert.match(told, /^error: unknown command 'sevre'/)
})
