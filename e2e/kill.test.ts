import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { freePort } from '../server/testing/postgres.ts'
import { startServer, temporaryFolder } from './testing/program.ts'

const rounds = 50

/** What a server answered 2xx to, and so may never lose. */
interface Acknowledged {
  readonly documents: Map<string, string>
  readonly keys: Map<string, string>
  readonly revoked: Set<string>
}

test(`kill -9 during uploads, key creation and revokes, ${rounds} times: what was acknowledged is there, nothing is there by half`, async (t) => {
  const folder = temporaryFolder(t)
  const port = await freePort()
  const origin = `http://localhost:${port}`
  const settings = {
    LEAFPAD_DATA_DIR: folder,
    LEAFPAD_PORT: String(port),
    LEAFPAD_DAILY_QUOTA: '1000000',
    LEAFPAD_MAX_LIVE_KEYS_PER_MEMBER: '10000',
    LEAFPAD_MAX_STORAGE_BYTES: '10000000000',
    LEAFPAD_LOG_LEVEL: 'warn',
  }
  const acknowledged: Acknowledged = { documents: new Map(), keys: new Map(), revoked: new Set() }
  const seed = randomBytes(4).readUInt32LE()
  t.diagnostic(`seed ${seed}`)
  const random = createRandom(seed)

  const first = startServer(t, settings, 'serve', '--no-dashboard')
  const [, token] = await first.said(/set-up#token=([\w-]{43})\n/)
  const answer = await postJson(
    `${origin}/api/dashboard/v1/set-up`,
    { origin },
    {
      name: 'Ada',
      email: 'ada@example.com',
      password: 'a-long-password',
      organizationName: 'Acme',
      token,
    },
  )
  assert.ok(answer.ok, await answer.clone().text())
  const cookie = answer.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ')
  const session = { origin, cookie }
  const signedIn = await fetch(`${origin}/api/dashboard/v1/session`, { headers: session })
  const { organization } = (await signedIn.json()) as { organization: { id: string } }
  const client = { origin, session, organizationId: organization.id, acknowledged }
  await generateKey(client)
  first.child.kill('SIGKILL')
  await first.ended

  for (let round = 0; round < rounds; round++) {
    const server = startServer(t, settings, 'serve', '--no-dashboard')
    await server.said(/LeafPad listens on/)
    const before = acknowledged.documents.size
    let running = true
    const until = async (once: () => Promise<void>) => {
      // A connection that the kill cut leaves its request without an answer: nothing is known of it, and nothing is claimed.
      while (running) await once().catch(() => {})
    }
    const clients = [
      until(() => postText(client)),
      until(() => postText(client)),
      until(() => upload(client, random)),
      until(() => generateKey(client)),
      until(() => revokeKey(client)),
    ]
    // Killed while busy, not while it starts.
    while (acknowledged.documents.size === before && server.child.exitCode === null) await setTimeout(5)
    await setTimeout(random() * 150)
    server.child.kill('SIGKILL')
    running = false
    await Promise.all([...clients, server.ended])
    checkDatabase(folder, acknowledged)
  }
  assert.ok(acknowledged.documents.size >= rounds && acknowledged.keys.size > 1 && acknowledged.revoked.size > 0)

  const last = startServer(t, settings, 'serve', '--no-dashboard')
  await last.said(/LeafPad listens on/)
  const secrets = [...acknowledged.keys]
  for (const [keyId, secret] of secrets) {
    const { status } = await fetch(`${origin}/api/public/v1/me`, { headers: { 'x-api-key': secret } })
    // A revoke that was cut off may have happened, so only an acknowledged one says for certain what the answer is.
    if (acknowledged.revoked.has(keyId)) assert.equal(status, 401)
    else assert.ok(status === 200 || status === 401)
  }
  t.diagnostic(
    `${acknowledged.documents.size} documents, ${acknowledged.keys.size} keys, ${acknowledged.revoked.size} revokes were acknowledged`,
  )
})

interface Client {
  readonly origin: string
  readonly session: Record<string, string>
  readonly organizationId: string
  readonly acknowledged: Acknowledged
}

function postJson(url: string, headers: Record<string, string>, body: unknown): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) })
}

/** A key that nobody has asked to revoke: the first one, which stays. */
function liveSecret({ acknowledged }: Client): string {
  const [secret] = acknowledged.keys.values()
  return secret!
}

async function postText(client: Client) {
  const text = `text ${randomBytes(20).toString('hex')}`
  await keepDocument(
    client,
    text,
    await postJson(`${client.origin}/api/public/v1/knowledge-base`, { 'x-api-key': liveSecret(client) }, { text }),
  )
}

async function upload(client: Client, random: () => number) {
  const content = 'é'.repeat(1 + Math.floor(random() * 200_000))
  const form = new FormData()
  form.append('file', new Blob([content]), 'notes.md')
  const headers = { 'x-api-key': liveSecret(client) }
  await keepDocument(client, content, await fetch(`${client.origin}/api/public/v1/knowledge-base`, { method: 'POST', headers, body: form }))
}

async function keepDocument({ acknowledged }: Client, content: string, answer: Response) {
  if (answer.status !== 201) throw new Error(`${answer.status}: ${await answer.text()}`)
  // The status line is the acknowledgement; an answer that was cut behind it cannot be checked by id.
  const { document } = (await answer.json()) as { document: { id: string } }
  acknowledged.documents.set(document.id, sha256(content))
}

async function generateKey({ origin, session, organizationId, acknowledged }: Client) {
  const answer = await postJson(`${origin}/api/dashboard/v1/keys`, session, { name: 'kill', organizationId })
  if (answer.status !== 201) throw new Error(`${answer.status}: ${await answer.text()}`)
  const { key, secret } = (await answer.json()) as { key: { id: string }; secret: string }
  acknowledged.keys.set(key.id, secret)
}

async function revokeKey({ origin, session, acknowledged }: Client) {
  const [, ...others] = acknowledged.keys.keys()
  const keyId = others.findLast((id) => !acknowledged.revoked.has(id))
  if (keyId === undefined) return setTimeout(5)
  const answer = await postJson(`${origin}/api/dashboard/v1/keys/${keyId}/revoke`, session, {})
  if (answer.status !== 200) throw new Error(`${answer.status}: ${await answer.text()}`)
  acknowledged.revoked.add(keyId)
}

/** Looks at the dead server's database and files, as the next one will find them. */
function checkDatabase(folder: string, { documents, keys, revoked }: Acknowledged) {
  const database = new DatabaseSync(join(folder, 'leafpad.db'))
  try {
    const rows = database.prepare('select id, "fileKey", "fileSize", sha256 from document').all() as Record<string, string | number>[]
    const found = new Map(rows.map((row) => [row.id, row]))
    for (const [id, hash] of documents) assert.equal(found.get(id)?.sha256, hash, `document ${id}`)
    for (const { id, fileKey, fileSize, sha256: hash } of rows) {
      const path = join(folder, 'files', String(fileKey))
      assert.ok(existsSync(path), `document ${id} has no file`)
      const content = readFileSync(path)
      assert.equal(content.length, fileSize)
      assert.equal(sha256(content), hash)
    }
    const { used } = database.prepare('select coalesce(sum("usedBytes"), 0) as used from storage').get() as { used: number }
    assert.equal(
      used,
      rows.reduce((sum, { fileSize }) => sum + Number(fileSize), 0),
      'the storage counts what there is',
    )
    const stored = database.prepare(
      'select k.id, k."revokedAt", count(s.hash) as secrets from key k left join secret s on s."keyId" = k.id group by k.id',
    )
    const storedKeys = new Map((stored.all() as { id: string; revokedAt: number | null; secrets: number }[]).map((row) => [row.id, row]))
    for (const keyId of keys.keys()) assert.ok(storedKeys.has(keyId), `key ${keyId}`)
    for (const { id, secrets } of storedKeys.values()) assert.equal(secrets, 1, `key ${id}`)
    for (const keyId of revoked) assert.notEqual(storedKeys.get(keyId)?.revokedAt, null, `revoke of ${keyId}`)
  } finally {
    database.close()
  }
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
