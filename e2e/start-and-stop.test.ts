import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, readdirSync, statSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { freePort } from '../server/testing/postgres.ts'
import { createTestDatabase, databaseKinds } from '../server/testing/test-database.ts'
import { startServer, temporaryFolder } from './testing/program.ts'

const json = { 'content-type': 'application/json' }
const account = { name: 'Ada', email: 'ada@example.com', password: 'a-long-password', organizationName: 'Acme' }

async function settingsFor(dataDir: string): Promise<Record<string, string>> {
  return { LEAFPAD_DATA_DIR: dataDir, LEAFPAD_PORT: String(await freePort()) }
}

for (const kind of databaseKinds) {
  test(`the first start on ${kind} makes everything and prints a link that makes the first account; the next start prints none`, async (t) => {
    const settings = await settingsFor(join(temporaryFolder(t), 'data'))
    if (kind === 'postgres')
      Object.assign(settings, { LEAFPAD_DATABASE_URL: await createTestDatabase('postgres', t), LEAFPAD_FILES: 'local' })
    const first = startServer(t, settings)
    const [, url] = await first.said(/LeafPad listens on (http:\/\/localhost:\d+)\n/)
    const [, token] = await first.said(/set-up#token=([\w-]{43})\n/)
    assert.equal((await fetch(`${url}/healthz`)).status, 200)
    const answer = await fetch(`${url}/api/dashboard/v1/set-up`, {
      method: 'POST',
      headers: { ...json, origin: url! },
      body: JSON.stringify({ ...account, token }),
    })
    assert.equal(answer.status, 204, await answer.text())
    first.child.kill('SIGTERM')
    assert.deepEqual(await first.ended, { code: 0, signal: null })

    const second = startServer(t, settings)
    await second.said(/LeafPad listens on/)
    assert.doesNotMatch(second.err, /set-up/)
    const signIn = { email: account.email, password: account.password }
    const signedIn = await fetch(`${url}/api/dashboard/v1/sign-in`, {
      method: 'POST',
      headers: { ...json, origin: url! },
      body: JSON.stringify(signIn),
    })
    assert.equal(signedIn.status, 204, await signedIn.text())
    for (const line of second.out.trim().split('\n')) assert.equal(typeof JSON.parse(line).time, 'string', 'the log is JSON alone')
    second.child.kill('SIGINT')
    assert.deepEqual(await second.ended, { code: 0, signal: null })
  })
}

test('two servers that start at the same time on one empty PostgreSQL database and data folder agree', async (t) => {
  const folder = temporaryFolder(t)
  const url = await createTestDatabase('postgres', t)
  const servers = await Promise.all(
    [1, 2].map(async () => startServer(t, { ...(await settingsFor(folder)), LEAFPAD_DATABASE_URL: url, LEAFPAD_FILES: 'shared' })),
  )
  const [one, two] = await Promise.all(servers.map((server) => server.said(/LeafPad listens on (\S+)\n[\s\S]*set-up#token=([\w-]{43})\n/)))
  const setUp = (origin: string, token: string, email: string) =>
    fetch(`${origin}/api/dashboard/v1/set-up`, {
      method: 'POST',
      headers: { ...json, origin },
      body: JSON.stringify({ ...account, email, token }),
    })
  assert.equal((await setUp(one![1]!, two![2]!, 'ada@example.com')).status, 204, 'either link works at either server')
  assert.equal((await setUp(two![1]!, one![2]!, 'eve@example.com')).status, 403, 'and only one of them')
})

/** A POST of a text to the knowledge base whose last byte is still to be sent. */
async function beginRequest(url: string, secret: string): Promise<{ socket: Socket; finish(): Promise<string> }> {
  const body = JSON.stringify({ text: 'Product documentation content here' })
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  await once(socket, 'connect')
  const head = `POST /api/public/v1/knowledge-base HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nx-api-key: ${secret}\r\nContent-Type: application/json`
  socket.write(`${head}\r\nExpect: 100-continue\r\nContent-Length: ${body.length}\r\n\r\n`)
  // The server has the request now.
  await once(socket, 'data')
  socket.write(body.slice(0, -1))
  return {
    socket,
    finish() {
      socket.write(body.slice(-1))
      return text(socket)
    },
  }
}

async function startDemo(t: Parameters<typeof startServer>[0], settings: Record<string, string> = {}) {
  const demo = startServer(t, { LEAFPAD_PORT: String(await freePort()), ...settings }, 'demo')
  const [, url] = await demo.said(/LeafPad demo on (\S+)\n/)
  const [, secret] = await demo.said(/(leafpad_\w{49})/)
  await demo.said(/Ctrl-C/)
  return { demo, url: url!, secret: secret! }
}

for (const signals of [['SIGTERM'], ['SIGINT', 'SIGINT']] as const) {
  test(`${signals.join(' and at once ')}: what is under way is answered, what is new is refused, the exit code is 0`, async (t) => {
    const { demo, url, secret } = await startDemo(t)
    const { finish } = await beginRequest(url, secret)
    for (const signal of signals) demo.child.kill(signal)
    await demo.said(/LeafPad is closing/)
    await assert.rejects(untilRefused(url))
    assert.match(await finish(), /^HTTP\/1\.1 201 /)
    assert.deepEqual(await demo.ended, { code: 0, signal: null })
  })
}

/** Asks until there is no answer to get any more. */
async function untilRefused(url: string): Promise<never> {
  for (;;) {
    const { status } = await fetch(`${url}/api/public/v1/me`)
    if (status !== 503) assert.equal(status, 401)
  }
}

test('a request that does not come to its end is waited for no longer than the grace', async (t) => {
  const { demo, url, secret } = await startDemo(t, { LEAFPAD_CLOSE_GRACE_MS: '300' })
  const { socket } = await beginRequest(url, secret)
  socket.on('error', () => {})
  demo.child.kill('SIGTERM')
  assert.deepEqual(await demo.ended, { code: 0, signal: null })
})

test('a second Ctrl-C, later than npm passes on the first, ends it at once', async (t) => {
  const { demo, url, secret } = await startDemo(t, { LEAFPAD_CLOSE_GRACE_MS: '600000' })
  const { socket } = await beginRequest(url, secret)
  socket.on('error', () => {})
  demo.child.kill('SIGINT')
  await demo.said(/LeafPad is closing/)
  await setTimeout(600)
  demo.child.kill('SIGINT')
  assert.deepEqual(await demo.ended, { code: 130, signal: null })
})

test('the demo has an account, two organizations and a key, takes the next port when its own is taken, and leaves nothing', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  t.after(() => taken.close())
  const { port } = taken.address() as { port: number }
  const temporary = temporaryFolder(t)
  const { demo, url, secret } = await startDemo(t, { LEAFPAD_PORT: String(port), LEAFPAD_DATA_DIR: '/nowhere', TMPDIR: temporary })
  assert.ok(Number(new URL(url).port) > port)
  assert.equal(readdirSync(temporary).length, 1)
  const me = await fetch(`${url}/api/public/v1/me`, { headers: { 'x-api-key': secret } })
  assert.equal(me.status, 200, await me.clone().text())
  const [, email] = await demo.said(/account +(\S+)/)
  const [, password] = await demo.said(/password +(\S+)/)
  const signIn = await fetch(`${url}/api/dashboard/v1/sign-in`, {
    method: 'POST',
    headers: { ...json, origin: url },
    body: JSON.stringify({ email, password }),
  })
  const [cookie] = signIn.headers.getSetCookie()
  const organizations = await fetch(`${url}/api/dashboard/v1/organizations`, { headers: { cookie: cookie!.split(';')[0]! } })
  assert.equal(((await organizations.json()) as { organizations: unknown[] }).organizations.length, 2)
  demo.child.kill('SIGINT')
  assert.deepEqual(await demo.ended, { code: 0, signal: null })
  assert.deepEqual(readdirSync(temporary), [])
})

test('nobody but this user can read what the server makes, whoever may look into its folder; nor what it once made readable', async (t) => {
  const folder = temporaryFolder(t)
  chmodSync(folder, 0o755)
  const settings = await settingsFor(folder)
  const readable = () =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => (statSync(join(folder, name)).mode & 0o077) !== 0)
  const first = startServer(t, settings)
  await first.said(/LeafPad listens on/)
  assert.ok(readdirSync(folder).includes('leafpad.db-wal'))
  assert.deepEqual(readable(), [])
  first.child.kill('SIGKILL')
  await first.ended
  for (const part of ['', '-wal', '-shm']) chmodSync(join(folder, `leafpad.db${part}`), 0o644)
  const second = startServer(t, settings)
  await second.said(/LeafPad listens on/)
  assert.deepEqual(readable(), [])
})

test('who listens to other machines is told that links are made for this one alone, until they say for which', async (t) => {
  const settings: Record<string, string> = { ...(await settingsFor(temporaryFolder(t))), LEAFPAD_HOST: '0.0.0.0' }
  const server = startServer(t, settings)
  const [, publicUrl] = await server.said(/Warning: links begin with (\S+), .* Set LEAFPAD_PUBLIC_URL/)
  assert.equal(publicUrl, `http://localhost:${settings.LEAFPAD_PORT}`)
  await server.said(/LeafPad listens on/)
  const [line] = await server.said(/.*listening on http:\/\/127\.0\.0\.1:\d+.*\n/)
  assert.equal(JSON.parse(line).level, 'info')
  server.child.kill('SIGTERM')
  await server.ended
  const named = startServer(t, { ...settings, LEAFPAD_PUBLIC_URL: 'https://pad.example.com' })
  await named.said(/LeafPad listens on/)
  assert.doesNotMatch(named.err, /Warning/)
})

test('the environment’s settings of the library for sign-in change nothing: it sends nothing to anybody', async (t) => {
  const requests: string[] = []
  const collector = createHttpServer((request, response) => {
    requests.push(request.url!)
    response.end()
  }).listen(0, '127.0.0.1')
  await once(collector, 'listening')
  t.after(() => collector.close())
  const { port } = collector.address() as { port: number }
  const server = startServer(t, {
    ...(await settingsFor(temporaryFolder(t))),
    BETTER_AUTH_TELEMETRY: '1',
    BETTER_AUTH_TELEMETRY_ENDPOINT: `http://127.0.0.1:${port}/telemetry`,
  })
  const [, url] = await server.said(/LeafPad listens on (\S+)\n/)
  const body = JSON.stringify({ email: account.email, password: account.password })
  assert.equal((await fetch(`${url}/api/dashboard/v1/sign-in`, { method: 'POST', headers: json, body })).status, 401)
  server.child.kill('SIGTERM')
  await server.ended
  assert.deepEqual(requests, [])
})

test('metrics have a port of their own when one is set', async (t) => {
  const port = String(await freePort())
  const settings = { ...(await settingsFor(temporaryFolder(t))), LEAFPAD_METRICS_PORT: port }
  const server = startServer(t, settings)
  const [, url] = await server.said(/LeafPad listens on (\S+)\n/)
  assert.match(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text(), /leafpad_/)
  assert.equal((await fetch(`${url}/metrics`)).status, 404)
  server.child.kill('SIGTERM')
  assert.equal((await server.ended).code, 0)
})

test('the line that the demo prints adds a document as it is', async (t) => {
  const { demo } = await startDemo(t)
  const [line] = /^curl .+$/m.exec(demo.out)!
  const { stdout } = await promisify(execFile)('sh', ['-c', `${line} --silent --show-error --fail-with-body --write-out '\\n%{http_code}'`])
  const [answer, status] = stdout.split('\n')
  assert.equal(status, '201')
  assert.match((JSON.parse(answer!) as { document: { id: string } }).document.id, /^doc_/)
})
