import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { freePort } from '../server/testing/postgres.ts'
import { environment, machinePath, root, startProgram, startServer, temporaryFolder } from './testing/program.ts'

test('config prints the settings that hold, secrets masked, and makes nothing', async (t) => {
  const folder = temporaryFolder(t)
  const program = startServer(
    t,
    { LEAFPAD_DATA_DIR: folder, LEAFPAD_DATABASE_URL: 'postgres://u:hunter2@db/leafpad', LEAFPAD_METRICS_TOKEN: 'hunter2-hunter2-hunter2' },
    'config',
  )
  assert.deepEqual(await program.ended, { code: 0, signal: null })
  assert.match(program.out, /^LEAFPAD_PORT=3000 {2}# default$/m)
  assert.match(program.out, new RegExp(`^LEAFPAD_DATA_DIR=${folder}$`, 'm'))
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
