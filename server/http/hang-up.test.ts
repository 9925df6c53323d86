import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { sql } from 'kysely'
import { multipartBody } from '../testing/knowledge-base.ts'
import { openTestApp, type TestApp } from '../testing/test-app.ts'
import { databaseKinds } from '../testing/test-database.ts'

const documents = '/api/public/v1/knowledge-base'

interface Request {
  readonly head: string
  readonly body: Buffer
}

function request(
  method: string,
  path: string,
  headers: Record<string, string>,
  body: Buffer = Buffer.alloc(0),
  isChunked = false,
): Request {
  const framing = isChunked ? { 'transfer-encoding': 'chunked' } : { 'content-length': String(body.length) }
  const lines = Object.entries({ host: 'localhost', ...headers, ...framing }).map(([name, value]) => `${name}: ${value}\r\n`)
  const chunks = [Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n0\r\n\r\n')]
  return { head: `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`, body: isChunked ? Buffer.concat(chunks) : body }
}

/** How much of a request is sent before the client hangs up: bytes on both sides of each of its ends, and some between. */
function momentsOf({ head, body }: Request): number[] {
  const whole = head.length + body.length
  const between = [0.2, 0.5, 0.9].flatMap((part) => [Math.floor(part * head.length), head.length + Math.floor(part * body.length)])
  return [...new Set([0, 1, head.length - 1, head.length, head.length + 1, whole - 1, ...between])].filter((sent) => sent < whole)
}

for (const kind of databaseKinds) {
  describe(`a client that hangs up, on ${kind}`, () => {
    it('at whatever moment of a request, leaves a line in the log, and nothing behind that others would miss', async (t) => {
      const app = await openTestApp(kind, t, { listen: true, config: { dailyQuota: 1_000_000, signUp: 'open' } })
      const { port } = app.app.server.address() as AddressInfo
      const member = await app.signedInAs()
      const key = { 'x-api-key': (await app.generateKey(member)).secret }
      const session = { cookie: member.cookie }
      const json = { 'content-type': 'application/json' }
      const { payload, headers: multipart } = multipartBody([{ name: 'file', fileName: 'a.txt', content: 'x'.repeat(150_000) }])
      const { keyId: revokedId } = await app.generateKey(member)
      const requests = [
        request('GET', documents, key),
        request('POST', documents, { ...key, ...json }, Buffer.from(JSON.stringify({ text: 'x'.repeat(1_000) }))),
        request('POST', documents, { ...key, ...json }, Buffer.from(JSON.stringify({ text: 'x'.repeat(1_000) })), true),
        request('POST', documents, { ...key, ...multipart }, payload),
        request('POST', documents, { ...key, ...multipart }, payload, true),
        request('DELETE', `${documents}/doc_${'0'.repeat(32)}`, key),
        request('POST', `/api/dashboard/v1/keys/${revokedId}/revoke`, session),
        request(
          'PATCH',
          `/api/dashboard/v1/organizations/${member.organizationId}`,
          { ...session, ...json },
          Buffer.from('{"name":"Other"}'),
        ),
      ]

      /** Sends so much of a request, after a whole one on the same connection where `isSecond`, and hangs up so many turns later. */
      async function hangUp({ head, body }: Request, sent: number, turns: number, isSecond: boolean, isReset: boolean) {
        const socket = connect(port, '127.0.0.1')
        socket.on('error', () => {})
        await once(socket, 'connect')
        if (isSecond) {
          socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n')
          await once(socket, 'data')
        }
        socket.resume()
        const bytes = Buffer.concat([Buffer.from(head), body]).subarray(0, sent)
        if (bytes.length > 0) await new Promise<unknown>((resolve) => socket.write(bytes, resolve))
        for (let turn = 0; turn < turns; turn++) await setImmediate()
        const closed = once(socket, 'close')
        if (isReset) socket.resetAndDestroy()
        else socket.destroy()
        await closed
      }

      for (const [index, one] of requests.entries()) {
        const whole = one.head.length + one.body.length
        const moments = momentsOf(one).map((sent, at) => ({ sent, turns: at % 2 === 0 ? 0 : 8 }))
        // After all was sent and before the answer, as far as the answer takes longer.
        for (let turns = 0; turns < 12; turns++) moments.push({ sent: whole, turns })
        // Several at once, so that they are in each other's way.
        await Promise.all(moments.map(({ sent, turns }, at) => hangUp(one, sent, turns, (index + at) % 3 === 0, (index + at) % 2 === 0)))
      }

      await untilIdle(app)
      await assertWhole(app)
      const hungUp = (await app.log()).filter(({ aborted }) => aborted === true)
      assert.deepEqual([...new Set(hungUp.map(({ status }) => status))], [499])
      assert.ok(hungUp.some(({ route, keyId }) => route === documents && keyId !== undefined))
      // Were a place kept by any of them, or the room of what it was sending, there would be none left by now.
      const text = { method: 'POST', url: documents, headers: key, payload: { text: 'after' } } as const
      const after = await Promise.all(Array.from({ length: 100 }, () => app.app.inject(text)))
      assert.deepEqual([...new Set(after.map(({ statusCode }) => statusCode))], [201])
      const upload = await app.app.inject({ method: 'POST', url: documents, headers: { ...key, ...multipart }, payload })
      assert.equal(upload.statusCode, 201, upload.body)
      assert.equal((await app.app.inject({ url: '/api/dashboard/v1/keys', headers: session })).statusCode, 200)
      await assertWhole(app)
      assert.deepEqual(
        (await app.log()).filter(({ level }) => level === 'error' || level === 'fatal'),
        [],
      )
    })
  })
}

/** Resolves once the server has no connection, the database no transaction, and nothing is being written. */
async function untilIdle({ app, database, config }: TestApp) {
  const connections = () =>
    new Promise<number>((resolve, reject) => app.server.getConnections((error, count) => (error ? reject(error) : resolve(count))))
  while ((await connections()) > 0) await setImmediate()
  while (readdirSync(join(config.dataDir, 'files', 'incoming')).length > 0) await setImmediate()
  if (database.kind === 'sqlite') return
  for (;;) {
    const { rows } = await sql<{ n: number }>`select count(*) as n from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'`.execute(database.kysely)
    if (rows[0]!.n === 0) return
  }
}

/** Every document has its file, every file its document, and what is said to be used is. */
async function assertWhole({ database, config }: TestApp) {
  const folder = join(config.dataDir, 'files')
  const shards = readdirSync(folder).filter((name) => /^[0-9a-f]{2}$/.test(name))
  const files = () => shards.flatMap((shard) => readdirSync(join(folder, shard)).map((name) => `${shard}/${name}`)).sort()
  const rows = () => database.kysely.selectFrom('document').select(['fileKey', 'fileSize']).execute()
  // A request whose client is gone goes on to its end: once the two agree, it has.
  for (let turn = 0; turn < 20_000 && files().length !== (await rows()).length; turn++) await setImmediate()
  const kept = await rows()
  assert.deepEqual(files(), kept.map(({ fileKey }) => fileKey).sort())
  const { usedBytes } = await database.kysely.selectFrom('storage').select('usedBytes').executeTakeFirstOrThrow()
  assert.equal(
    usedBytes,
    kept.reduce((sum, { fileSize }) => sum + fileSize, 0),
  )
}
