import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import pg from 'pg'
import { freePort } from '../server/testing/postgres.ts'
import { createTestDatabase, databaseKinds } from '../server/testing/test-database.ts'
import { makeFirstAccount } from './testing/first-account.ts'
import { type Program, startServer, temporaryFolder } from './testing/program.ts'
import { openReadyProxy } from './testing/ready-proxy.ts'

/** Kysely's advisory lock: who migrates holds it. */
const migrationLock = '3853314791062309107'

async function settingsOfCopies(t: Parameters<typeof startServer>[0], count: number, common: Record<string, string>) {
  const shared = { LEAFPAD_DATA_DIR: temporaryFolder(t), LEAFPAD_FILES: 'shared', LEAFPAD_LOG_LEVEL: 'warn', ...common }
  const ports = await Promise.all(Array.from({ length: count }, freePort))
  return ports.map((port) => ({ ...shared, LEAFPAD_PORT: String(port) }))
}

function startCopy(t: Parameters<typeof startServer>[0], settings: Record<string, string>): Program {
  return startServer(t, settings, 'serve', '--no-dashboard')
}

for (const kind of databaseKinds) {
  test(`of three copies that start at once on an empty ${kind} database one migrates and the others wait; all three serve`, async (t) => {
    const location = kind === 'postgres' ? await createTestDatabase('postgres', t) : undefined
    const settings = await settingsOfCopies(t, 3, location === undefined ? {} : { LEAFPAD_DATABASE_URL: location })
    const copies: Program[] = []
    if (location !== undefined) {
      const client = new pg.Client({ connectionString: location })
      await client.connect()
      await client.query(`select pg_advisory_lock(${migrationLock})`)
      copies.push(...settings.map((one) => startCopy(t, one)))
      const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and wait_event = 'advisory'`
      while ((await client.query(waiting)).rows.length < 3) await setTimeout(20)
      await client.end()
    } else copies.push(...settings.map((one) => startCopy(t, one)))
    const links = await Promise.all(copies.map((copy) => copy.said(/LeafPad listens on (\S+)\n[\s\S]*set-up#token=([\w-]{43})\n/)))
    const [url, token] = [links[0]![1], links[1]![2]]
    const { generateKey } = await makeFirstAccount(url!, url!, token!)
    const { secret } = await generateKey()
    for (const [, at] of links) {
      const me = await fetch(`${at}/api/public/v1/me`, { headers: { 'x-api-key': secret } })
      assert.equal(me.status, 200, await me.text())
    }
  })
}

test('three copies are restarted one after the other under load, behind a proxy that asks /readyz: no request fails', async (t) => {
  const url = await createTestDatabase('postgres', t)
  const publicUrl = 'http://localhost:3000'
  const settings = await settingsOfCopies(t, 3, {
    LEAFPAD_DATABASE_URL: url,
    LEAFPAD_PUBLIC_URL: publicUrl,
    LEAFPAD_DRAIN_MS: '2000',
    LEAFPAD_DAILY_QUOTA: '1000000',
  })
  const ports = settings.map(({ LEAFPAD_PORT }) => Number(LEAFPAD_PORT))
  const proxy = await openReadyProxy(t, ports)
  const copies = settings.map((one) => startCopy(t, one))
  const links = await Promise.all(copies.map((copy) => copy.said(/set-up#token=([\w-]{43})\n/)))
  await proxy.until(ports)
  const { secret } = await (await makeFirstAccount(proxy.url, publicUrl, links[0]![1]!)).generateKey()

  const failures: string[] = []
  let answered = 0
  let running = true
  async function client(number: number) {
    const headers = { 'x-api-key': secret, 'content-type': 'application/json' }
    const write = { method: 'POST', headers, body: JSON.stringify({ text: 'Product documentation content here' }) }
    while (running) {
      const [query, request] = number % 4 === 0 ? ['', write] : ['?limit=1', { headers }]
      const answer = await fetch(`${proxy.url}/api/public/v1/knowledge-base${query}`, request)
      const body = await answer.text()
      if (!answer.ok) failures.push(`${answer.status} ${body}`)
      answered++
      // A load, and not all that the machine can do: that would only make the copies slower to start.
      await setTimeout(20)
    }
  }
  const clients = Promise.all(Array.from({ length: 8 }, (_, number) => client(number)))
  for (const [index, copy] of copies.entries()) {
    const others = ports.filter((port) => port !== ports[index])
    const before = answered
    copy.child.kill('SIGTERM')
    await proxy.until(others)
    assert.deepEqual(await copy.ended, { code: 0, signal: null }, copy.err)
    assert.match(copy.err, /no longer ready; it goes on serving for 2000 ms/)
    const again = startCopy(t, settings[index]!)
    await again.said(/LeafPad listens on/)
    await proxy.until(ports)
    assert.ok(answered > before)
  }
  running = false
  await clients
  assert.deepEqual(failures, [])
})
