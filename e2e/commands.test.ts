import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openDatabase } from '../server/database/database.ts'
import { migrate } from '../server/database/migrate.ts'
import { openMailServer } from '../server/testing/mail-server.ts'
import { freePort } from '../server/testing/postgres.ts'
import { createTestDatabase, databaseKinds } from '../server/testing/test-database.ts'
import { environment, machinePath, root, startProgram, startServer, temporaryFolder } from './testing/program.ts'

test('config prints the settings that hold, secrets masked, and makes nothing', async (t) => {
  const folder = temporaryFolder(t)
  const program = startServer(
    t,
    {
      LEAFPAD_DATA_DIR: folder,
      LEAFPAD_DATABASE_URL: 'postgres://u:hunter2@db/leafpad',
      LEAFPAD_SMTP_URL: 'smtp://u:hunter2@mail:587',
      LEAFPAD_METRICS_TOKEN: 'hunter2-hunter2-hunter2',
    },
    'config',
  )
  assert.deepEqual(await program.ended, { code: 0, signal: null })
  assert.match(program.out, /^LEAFPAD_PORT=3000 {2}# default$/m)
  assert.match(program.out, new RegExp(`^LEAFPAD_DATA_DIR=${folder}$`, 'm'))
  assert.match(program.out, /^LEAFPAD_SMTP_URL=smtp:\/\/u:\*{8}@mail:587$/m)
  assert.match(program.out, /^LEAFPAD_METRICS_TOKEN=\*{8}$/m)
  assert.doesNotMatch(program.out + program.err, /hunter2/)
  assert.deepEqual(readdirSync(folder), [])
})

test('user reset-password prints a link that sets a new password once', async (t) => {
  const settings = { LEAFPAD_DATA_DIR: temporaryFolder(t), LEAFPAD_PORT: String(await freePort()) }
  const server = startServer(t, settings)
  const [, url] = await server.said(/LeafPad listens on (\S+)\n/)
  const [, setUpToken] = await server.said(/set-up#token=([\w-]{43})\n/)
  const post = (path: string, body: object) =>
    fetch(`${url}/api/dashboard/v1/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url! },
      body: JSON.stringify(body),
    })
  const account = { name: 'Ada', email: 'ada@example.com', password: 'the-old-password', organizationName: 'Acme' }
  assert.equal((await post('set-up', { ...account, token: setUpToken })).status, 204)

  // Beside the server that runs.
  const command = startServer(t, settings, 'user', 'reset-password', 'Ada@Example.com')
  assert.deepEqual(await command.ended, { code: 0, signal: null }, command.err)
  const [, token] = /^http:\/\/localhost:\d+\/reset-password#token=([\w-]{43})\n$/.exec(command.out)!
  assert.equal((await post('password-reset', { token, password: 'the-new-password' })).status, 204)
  assert.equal((await post('password-reset', { token, password: 'another-password' })).status, 403)
  assert.equal((await post('sign-in', { email: account.email, password: 'the-new-password' })).status, 204)
  assert.equal((await post('sign-in', { email: account.email, password: account.password })).status, 401)

  const unknown = startServer(t, settings, 'user', 'reset-password', 'eve@example.com')
  assert.equal((await unknown.ended).code, 1)
  assert.equal(unknown.err, `There is no account with this e-mail address in the database ${settings.LEAFPAD_DATA_DIR}/leafpad.db.\n`)
})

test('user reset-password makes no database where there is none, and names the one it looked for', async (t) => {
  const folder = join(temporaryFolder(t), 'mistyped')
  const command = startServer(t, { LEAFPAD_DATA_DIR: folder }, 'user', 'reset-password', 'ada@example.com')
  assert.equal((await command.ended).code, 1)
  assert.equal(command.err, `There is no database ${folder}/leafpad.db. Set LEAFPAD_DATA_DIR as the server has it.\n`)
  assert.equal(existsSync(folder), false)
})

for (const kind of databaseKinds) {
  test(`audit export prints the entries of a running server as NDJSON, on ${kind}`, async (t) => {
    const settings = {
      LEAFPAD_DATA_DIR: temporaryFolder(t),
      LEAFPAD_PORT: String(await freePort()),
      ...(kind === 'postgres' && { LEAFPAD_DATABASE_URL: await createTestDatabase('postgres', t), LEAFPAD_FILES: 'local' }),
    }
    const server = startServer(t, settings)
    const [, url] = await server.said(/LeafPad listens on (\S+)\n/)
    const [, token] = await server.said(/set-up#token=([\w-]{43})\n/)
    let cookie = ''
    const post = async (path: string, body: object) => {
      const headers = { 'content-type': 'application/json', origin: url!, cookie }
      const answer = await fetch(`${url}/api/dashboard/v1/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
      assert.ok(answer.ok, path)
      cookie = answer.headers.get('set-cookie')?.split(';', 1)[0] ?? cookie
      return answer.status === 204 ? undefined : ((await answer.json()) as { organization: { id: string } })
    }
    const account = { name: 'Ada', email: 'ada@example.com', password: 'a long password' }
    await post('set-up', { ...account, token, organizationName: 'First' })
    const second = await post('organizations', { name: 'Second' })

    const exported = async (...options: string[]) => {
      const command = startServer(t, settings, 'audit', 'export', ...options)
      assert.deepEqual(await command.ended, { code: 0, signal: null }, command.err)
      assert.equal(command.err, '')
      return command.out
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line))
    }
    const all = await exported()
    assert.deepEqual(
      all.map(({ action, details, actor }) => [action, details.name, actor.name]),
      [
        ['organization.created', 'First', 'Ada'],
        ['organization.created', 'Second', 'Ada'],
      ],
    )
    assert.deepEqual(await exported('--organization', second!.organization.id), all.slice(1))
    assert.deepEqual(await exported('--since', all[1].at), all.slice(1))
    assert.deepEqual(await exported('--since', '2999-01-01'), [])
    assert.deepEqual(
      (await exported('--account-events')).map(({ action }) => action),
      ['account_made'],
    )
  })
}

test('audit export ends in peace when its reader has enough, and says what is wrong with an instant', async (t) => {
  const folder = temporaryFolder(t)
  const settings = { LEAFPAD_DATA_DIR: folder }
  const database = openDatabase({ location: join(folder, 'leafpad.db') })
  await migrate(database)
  const details = JSON.stringify({ name: 'x'.repeat(1_000) })
  const row = { at: 0, organizationId: 'org_1', userId: null, address: null, requestId: null, details } as const
  const entry = { ...row, action: 'organization.created', targetKind: 'organization', targetId: 'org_1' } as const
  // More than a pipe takes.
  for (let made = 0; made < 2_000; made += 500) {
    await database.kysely
      .insertInto('auditEntry')
      .values(Array.from({ length: 500 }, () => entry))
      .execute()
  }
  await database.close()
  const command = `set -o pipefail; '${process.execPath}' server/launch.ts audit export | head -n 1`
  const program = startProgram(t, ['bash', '-c', command], { env: environment(settings) })
  assert.deepEqual(await program.ended, { code: 0, signal: null }, program.err)
  assert.equal(program.out.split('\n').length, 2)
  assert.equal(program.err, '')

  const wrong = startServer(t, settings, 'audit', 'export', '--since', 'yesterday')
  assert.equal((await wrong.ended).code, 1)
  assert.equal(wrong.err, '--since must be a day, or an instant with its time zone, such as 2026-01-31T12:00:00Z.\n')
  const missing = startServer(t, { LEAFPAD_DATA_DIR: join(folder, 'mistyped') }, 'audit', 'export')
  assert.equal((await missing.ended).code, 1)
  assert.match(missing.err, /^There is no database /)
})

test('--version prints the version', async (t) => {
  const program = startServer(t, {}, '--version')
  assert.deepEqual(await program.ended, { code: 0, signal: null }, program.err)
  assert.equal(program.out, `${JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version}\n`)
})

test('leafpad-server runs on the packaged Node whatever Node the machine has', async (t) => {
  const env = { ...environment({ LEAFPAD_DATA_DIR: temporaryFolder(t) }), PATH: machinePath }
  const program = startProgram(t, [join(root, 'server', 'leafpad-server.mjs'), 'config'], { env })
  assert.deepEqual(await program.ended, { code: 0, signal: null }, program.err)
  assert.match(program.out, /^LEAFPAD_HOST=/)
})

for (const [how, end] of [
  ['Ctrl-C, which the terminal sends to every process', (pid: number) => process.kill(-pid, 'SIGINT')],
  ['SIGTERM to npm alone', (pid: number) => process.kill(pid, 'SIGTERM')],
] as const) {
  test(`npm start listens, and ${how} closes it cleanly`, async (t) => {
    const settings = { LEAFPAD_DATA_DIR: temporaryFolder(t), LEAFPAD_PORT: String(await freePort()) }
    const program = startProgram(t, ['npm', 'start'], { env: { ...environment(settings), PATH: machinePath } })
    const [, url] = await program.said(/LeafPad listens on (\S+)\n/)
    assert.equal((await fetch(`${url}/healthz`)).status, 200)
    end(program.child.pid!)
    await program.said(/LeafPad is closing/)
    assert.deepEqual(await program.ended, { code: 0, signal: null }, program.err)
    await assert.rejects(fetch(`${url}/healthz`))
  })
}

test('mail test sends a mail by the mail server that is set, or says in a sentence what that answers', async (t) => {
  const mailServer = await openMailServer(t, { password: 'of-the-mail-server' })
  const settings = {
    LEAFPAD_SMTP_URL: mailServer.url,
    LEAFPAD_MAIL_FROM: 'LeafPad <leafpad@example.com>',
    LEAFPAD_PUBLIC_URL: 'https://leafpad.example.com',
  }
  const sent = startServer(t, settings, 'mail', 'test', 'ada@example.com')
  assert.deepEqual(await sent.ended, { code: 0, signal: null }, sent.err)
  assert.equal(sent.out, 'The mail server has taken a mail to ada@example.com, from LeafPad <leafpad@example.com>.\n')
  const [{ from, to, text }] = mailServer.mails as [(typeof mailServer.mails)[number]]
  assert.deepEqual([from, to], ['leafpad@example.com', 'ada@example.com'])
  assert.match(text, /https:\/\/leafpad\.example\.com/)

  const url = mailServer.url.replace('of-the-mail-server', 'another-secret')
  const wrong = startServer(t, { ...settings, LEAFPAD_SMTP_URL: url }, 'mail', 'test', 'ada@example.com')
  assert.equal((await wrong.ended).code, 1)
  assert.match(wrong.err, /^The mail was not sent: Invalid login: 535 .*\n$/)
  assert.doesNotMatch(wrong.out + wrong.err, /another-secret/)

  const unset = startServer(t, {}, 'mail', 'test', 'ada@example.com')
  assert.equal((await unset.ended).code, 1)
  assert.match(unset.err, /^No mail server is set: set LEAFPAD_SMTP_URL/)
})
