import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { hashSecret } from '../server/keys/secret.ts'
import { freePort } from '../server/testing/postgres.ts'
import { startServer, temporaryFolder } from './testing/program.ts'

const rounds = 50

/** What a server answered 2xx to, and so may never lose. */
interface Acknowledged {
  /** Their SHA-256 by their id. */
  readonly documents: Map<string, string>
  /** By their id. The first one is used all the time, and nobody asks to revoke it. */
  readonly keys: Map<string, { readonly name: string; readonly secret: string }>
  readonly revoked: Set<string>
  /** Requests with the first key that were answered 201, and those of which nothing is known. */
  readonly requests: { answered: number; unknown: number }
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
  const acknowledged: Acknowledged = { documents: new Map(), keys: new Map(), revoked: new Set(), requests: { answered: 0, unknown: 0 } }
  const readFiles = new Set<string>()
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
    checkDatabase(folder, acknowledged, readFiles)
  }
  checkDatabase(folder, acknowledged, new Set())
  assert.ok(acknowledged.documents.size >= rounds && acknowledged.keys.size > 1 && acknowledged.revoked.size > 0)

  const last = startServer(t, settings, 'serve', '--no-dashboard')
  await last.said(/LeafPad listens on/)
  const [liveKeyId] = acknowledged.keys.keys()
  for (const [keyId, { secret }] of acknowledged.keys) {
    const answer = await fetch(`${origin}/api/public/v1/me`, { headers: { 'x-api-key': secret } })
    const { code } = (await answer.json()) as { code?: string }
    // A revoke that was cut off may have happened, so only an acknowledged one says for certain what the answer is.
    const mayLive = !acknowledged.revoked.has(keyId)
    const mayBeRevoked = keyId !== liveKeyId
    assert.ok(
      (mayLive && answer.status === 200) || (mayBeRevoked && answer.status === 401 && code === 'key_revoked'),
      `${keyId}, ${mayLive ? '' : 'revoked, '}was answered ${answer.status} ${code}`,
    )
  }
  t.diagnostic(
    `${acknowledged.documents.size} documents, ${acknowledged.keys.size} keys, ${acknowledged.revoked.size} revokes were acknowledged, ${acknowledged.requests.unknown} requests cut off`,
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

async function postText(client: Client) {
  const text = `text ${randomBytes(20).toString('hex')}`
  await createDocument(client, text, { headers: { 'content-type': 'application/json' }, body: JSON.stringify({ text }) })
}

async function upload(client: Client, random: () => number) {
  const content = 'é'.repeat(1 + Math.floor(random() * 200_000))
  const form = new FormData()
  form.append('file', new Blob([content]), 'notes.md')
  await createDocument(client, content, { headers: {}, body: form })
}

async function createDocument(
  { origin, acknowledged: { documents, keys, requests } }: Client,
  content: string,
  { headers, body }: { readonly headers: Record<string, string>; readonly body: string | FormData },
) {
  const [live] = keys.values()
  requests.unknown++
  const answer = await fetch(`${origin}/api/public/v1/knowledge-base`, {
    method: 'POST',
    headers: { ...headers, 'x-api-key': live!.secret },
    body,
  })
  if (answer.status !== 201) throw new Error(`${answer.status}: ${await answer.text()}`)
  requests.unknown--
  requests.answered++
  // The status line is the acknowledgement; an answer that was cut behind it cannot be checked by id.
  const { document } = (await answer.json()) as { document: { id: string } }
  documents.set(document.id, sha256(content))
}

async function generateKey({ origin, session, organizationId, acknowledged }: Client) {
  const name = `kill ${randomBytes(4).toString('hex')}`
  const answer = await postJson(`${origin}/api/dashboard/v1/keys`, session, { name, organizationId })
  if (answer.status !== 201) throw new Error(`${answer.status}: ${await answer.text()}`)
  const { key, secret } = (await answer.json()) as { key: { id: string }; secret: string }
  acknowledged.keys.set(key.id, { name, secret })
}

async function revokeKey({ origin, session, acknowledged }: Client) {
  const [, ...others] = acknowledged.keys.keys()
  const keyId = others.findLast((id) => !acknowledged.revoked.has(id))
  if (keyId === undefined) return setTimeout(5)
  const answer = await postJson(`${origin}/api/dashboard/v1/keys/${keyId}/revoke`, session, {})
  if (answer.status !== 200) throw new Error(`${answer.status}: ${await answer.text()}`)
  acknowledged.revoked.add(keyId)
}

/**
 * Looks at the dead server's database and files, as the next one will find them.
 * @param readFiles documents whose files were read before, which are only looked for; those that are read now are added
 */
function checkDatabase(folder: string, { documents, keys, revoked, requests }: Acknowledged, readFiles: Set<unknown>) {
  const database = new DatabaseSync(join(folder, 'leafpad.db'))
  try {
    const rows = database.prepare('select id, "fileKey", "fileSize", sha256 from document').all() as Record<string, string | number>[]
    const found = new Map(rows.map((row) => [row.id, row]))
    for (const [id, hash] of documents) assert.equal(found.get(id)?.sha256, hash, `document ${id}`)
    for (const { id, fileKey, fileSize, sha256: hash } of rows) {
      const path = join(folder, 'files', String(fileKey))
      assert.ok(existsSync(path), `document ${id} has no file`)
      if (readFiles.has(id)) continue
      readFiles.add(id)
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
    const stored = database.prepare(`
      select k.id, k.name, k."revokedAt", k."revokedBy", group_concat(s.hash) as hashes
      from key k left join secret s on s."keyId" = k.id group by k.id`)
    const storedKeys = new Map((stored.all() as unknown as StoredKey[]).map((row) => [row.id, row]))
    for (const [keyId, { name, secret }] of keys) {
      const key = storedKeys.get(keyId)
      assert.deepEqual([key?.name, key?.hashes], [name, hashSecret(secret)], `key ${keyId}`)
    }
    for (const { id, revokedAt, revokedBy, hashes } of storedKeys.values()) {
      assert.match(hashes ?? '', /^[\w-]{43}$/, `key ${id} has one secret`)
      assert.equal(revokedAt === null, revokedBy === null, `key ${id} is revoked at a time and by somebody, or not at all`)
    }
    for (const keyId of revoked) assert.notEqual(storedKeys.get(keyId)?.revokedAt, null, `revoke of ${keyId}`)
    // Of a key's rows of a day the one with the most used holds, in whichever table it is.
    const { counted } = database
      .prepare(`
        select coalesce(sum(used), 0) as counted from (
          select max(used) as used from (select "keyId", day, used from usage union all select "keyId", day, used from tally)
          where "keyId" = ? group by day)`)
      .get([...keys.keys()][0]!) as { counted: number }
    const { answered, unknown } = requests
    assert.ok(answered <= counted && counted <= answered + unknown, `answered ${answered}, counted ${counted}, unknown ${unknown}`)
  } finally {
    database.close()
  }
}

interface StoredKey {
  readonly id: string
  readonly name: string
  readonly revokedAt: number | null
  readonly revokedBy: string | null
  /** Of its secrets, with commas between. */
  readonly hashes: string | null
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
