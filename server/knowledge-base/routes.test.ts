import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, rmSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { buildTestApp, openTestKnowledgeBase, seedActor } from '../testing/knowledge-base.ts'
import { openTestApp } from '../testing/test-app.ts'
import { databaseKinds } from '../testing/test-database.ts'

const url = '/api/public/v1/knowledge-base'

for (const kind of databaseKinds) {
  describe(`knowledge base over HTTP on ${kind}`, () => {
    const open = async (t: { after(fn: () => unknown): void }, overrides = {}) => {
      const knowledgeBase = await openTestKnowledgeBase(kind, t, overrides)
      const app = await buildTestApp(knowledgeBase, [await seedActor(knowledgeBase), await seedActor(knowledgeBase)], t)
      const create = async (body: object) => app.inject({ method: 'POST', url, payload: body })
      return { knowledgeBase, app, create }
    }

    it('keeps a text as a file and tells all about it', async (t) => {
      const { app, create, knowledgeBase } = await open(t)
      const text = 'Product documentation content here'
      const answer = await create({ text })
      assert.equal(answer.statusCode, 201)
      const { document, storage } = answer.json()
      assert.deepEqual(document, {
        id: document.id,
        fileName: `${document.id}.txt`,
        fileType: 'text/plain',
        fileSize: 34,
        publicUrl: document.publicUrl,
        sha256: createHash('sha256').update(text).digest('hex'),
        createdAt: new Date(document.createdAt).toISOString(),
        createdBy: document.createdBy,
      })
      assert.match(document.publicUrl, /^http:\/\/localhost:3000\/files\/[\w-]{32}$/)
      assert.deepEqual(storage, { usedBytes: 34, leftBytes: 52_428_766, maxBytes: 52_428_800 })
      assert.deepEqual((await app.inject({ url: answer.headers.location as string })).json(), { document })
      assert.deepEqual((await app.inject({ url })).json(), { documents: [document], nextCursor: null, storage })
      assert.equal(knowledgeBase.fileKeys().length, 1)
    })

    it('refuses bad bodies and keeps nothing of them', async (t) => {
      const { create, knowledgeBase } = await open(t, { maxFileBytes: 10 })
      const bodies: [object, number, string][] = [
        [{}, 400, 'invalid_body'],
        [{ text: 'x', title: 'y' }, 400, 'invalid_body'],
        [['x'], 400, 'invalid_body'],
        [{ text: ' ' }, 400, 'invalid_text'],
        [{ text: 'x', fileName: 'a/b' }, 400, 'invalid_file_name'],
        [{ text: 'x'.repeat(11) }, 413, 'body_too_large'],
        [{ text: 'x'.repeat(100_000) }, 413, 'body_too_large'],
      ]
      for (const [body, status, code] of bodies) {
        const answer = await create(body)
        assert.equal(answer.statusCode, status, answer.body)
        assert.equal(answer.json().code, code)
      }
      assert.deepEqual(knowledgeBase.fileKeys(), [])
    })

    it('takes the longest text however its characters are escaped, with the longest name', async (t) => {
      const { app } = await open(t, { maxFileBytes: 300_000 })
      const fileName = '\\u00e9'.repeat(125)
      for (const text of [
        '\\u0001'.repeat(300_000),
        '\\u00e9'.repeat(150_000),
        '\\u6e2c'.repeat(100_000),
        '\\ud83c\\udf43'.repeat(75_000),
      ]) {
        const payload = `{"text":"${text}","fileName":"${fileName}"}`
        const answer = await app.inject({ method: 'POST', url, payload, headers: { 'content-type': 'application/json' } })
        assert.equal(answer.statusCode, 201, answer.body)
        assert.equal(answer.json().document.fileSize, 300_000)
      }
    })

    const longest = 6 * 10_000 + 65_536

    it('holds no more of long texts in memory at once than of one of the longest, and takes others when those are done', async (t) => {
      const { app, knowledgeBase } = await open(t, { maxFileBytes: 10_000 })
      const { begin, create } = await connectTo(app)
      const first = await begin(`Content-Length: ${longest}`)
      assert.equal((await create()).statusCode, 201)
      const second = await begin(`Content-Length: ${65_536}`)
      const refused = await create()
      assert.deepEqual([refused.statusCode, refused.json().code], [503, 'overloaded'])
      await first.end()
      await second.end()
      assert.equal((await create()).statusCode, 201)
      assert.equal(knowledgeBase.fileKeys().length, 2)
    })

    it('counts of texts of unknown length what arrives of them', async (t) => {
      const { app, database, ...test } = await openTestApp(kind, t, { config: { maxFileBytes: 10_000 } })
      const key = `x-api-key: ${(await test.generateKey(await test.signedInAs())).secret}`
      const { begin, create } = await connectTo(app, key)
      const chunked = 'Transfer-Encoding: chunked'
      const small = await Promise.all(Array.from({ length: 5 }, () => begin(chunked, '8\r\n{"text":\r\n')))
      for (const [index, { socket }] of small.entries()) {
        socket.write('4\r\n"x"}\r\n0\r\n\r\n')
        assert.match(await answerOf(socket), /^HTTP\/1.1 201/, `${index}`)
      }
      const long = await begin(chunked, `${longest.toString(16)}\r\n{"text":"${'x'.repeat(longest - 9)}`)
      const other = await begin(chunked, `${(65_536).toString(16)}\r\n${' '.repeat(65_536)}`)
      // All that may be held is, once it has arrived and gone the few steps to where it is held.
      const isRead = ({ socket, readableDidRead, readableLength }: IncomingMessage, bytes: number) =>
        socket.bytesRead > bytes && readableDidRead && readableLength === 0
      await until(() => isRead(long.request, longest) && isRead(other.request, 65_536))
      for (let turn = 0; turn < 50; turn++) await setImmediate()
      assert.equal((await create()).statusCode, 503)
      const refused = await begin(chunked, '1\r\n{\r\n')
      assert.match(await answerOf(refused.socket), /^HTTP\/1.1 503[\s\S]*overloaded/)
      // Its connection takes the next request once its body has ended.
      refused.socket.write(`0\r\n\r\nGET ${url} HTTP/1.1\r\nHost: a\r\n${key}\r\n\r\n`)
      assert.match(await answerOf(refused.socket), /^HTTP\/1.1 200/)
      for (const one of [...small, long, other, refused]) await one.end()
      assert.equal((await create()).statusCode, 201)
      assert.equal((await database.kysely.selectFrom('document').select('id').execute()).length, 6)
    })

    it('refuses a JSON body that no text can need, and names how long it may be', async (t) => {
      const app = await openTestApp(kind, t, { config: { maxFileBytes: 10_000 }, listen: true })
      const { secret } = await app.generateKey(await app.signedInAs())
      const payload = `{"text":"x"${' '.repeat(longest)}}`
      for (const body of [payload, new Blob([payload]).stream()]) {
        const headers = { 'x-api-key': secret, 'content-type': 'application/json' }
        const answer = await fetch(`${app.url}${url}`, { method: 'POST', headers, body, duplex: 'half' } as RequestInit)
        const problem = (await answer.json()) as Record<string, unknown>
        assert.deepEqual([answer.status, problem.code, problem.maxBytes], [413, 'body_too_large', longest])
        assert.match(String(problem.detail), new RegExp(`${longest}`))
      }
    })

    it('lists newest first, each once over the pages, whatever happens meanwhile', async (t) => {
      const { app, create, knowledgeBase } = await open(t)
      const ids: string[] = []
      for (let count = 0; count < 7; count++) ids.unshift((await create({ text: 'x' })).json().document.id)
      // Two of the same instant are told apart by their ids.
      await knowledgeBase.database.kysely.updateTable('document').set({ createdAt: 5 }).where('id', 'in', ids.slice(2, 5)).execute()
      const expected = [...ids.slice(0, 2), ...ids.slice(5), ...ids.slice(2, 5).sort().reverse()]
      const seen: string[] = []
      let cursor: string | null = null
      do {
        const query = new URLSearchParams({ limit: '3', ...(cursor !== null && { cursor }) })
        const answer = (await app.inject({ url: `${url}?${query}` })).json()
        assert.ok(answer.documents.length <= 3)
        seen.push(...answer.documents.map(({ id }: { id: string }) => id))
        cursor = answer.nextCursor
        await create({ text: 'newer' })
      } while (cursor !== null)
      assert.deepEqual(seen, expected)
    })

    it('refuses limits and cursors that are none', async (t) => {
      const { app } = await open(t)
      for (const query of ['limit=0', 'limit=101', 'limit=x', 'cursor=', 'cursor=x', 'page=2', `cursor=${'x'.repeat(201)}`]) {
        const answer = await app.inject({ url: `${url}?${query}` })
        assert.equal(answer.statusCode, 400, query)
        assert.equal(answer.json().code, 'invalid_query', query)
      }
    })

    it('answers for the document of another organization as for one that does not exist', async (t) => {
      const { app, create } = await open(t)
      const { document } = (await create({ text: 'x' })).json()
      const unknown = `doc_${'0'.repeat(32)}`
      const routes = (id: string) =>
        [
          { method: 'GET', url: `${url}/${id}` },
          { method: 'DELETE', url: `${url}/${id}` },
          { method: 'GET', url: `${url}/${id}/content` },
          { method: 'HEAD', url: `${url}/${id}/content` },
        ] as const
      for (const [index, route] of routes(document.id).entries()) {
        const others = await app.inject({ ...route, headers: { 'x-actor': '1' } })
        assert.equal(others.statusCode, 404)
        for (const id of [unknown, 'doc_%00', 'x', `${document.id}0`]) {
          const absent = await app.inject({ ...routes(id)[index]!, headers: { 'x-actor': '1' } })
          assert.deepEqual([absent.statusCode, absent.body], [404, others.body], `${route.method} ${id}`)
          assert.deepEqual(Object.keys(absent.headers), Object.keys(others.headers))
        }
      }
      assert.deepEqual((await app.inject({ url, headers: { 'x-actor': '1' } })).json().documents, [])
      assert.equal((await app.inject({ url: `${url}/${document.id}` })).statusCode, 200)
    })

    it('deletes the document, its file and its links, and gives its room back', async (t) => {
      const { app, create, knowledgeBase } = await open(t)
      const { document } = (await create({ text: 'x' })).json()
      const answer = await app.inject({ method: 'DELETE', url: `${url}/${document.id}` })
      assert.deepEqual([answer.statusCode, answer.body], [204, ''])
      const path = new URL(document.publicUrl).pathname
      for (const gone of [`${url}/${document.id}`, `${url}/${document.id}/content`, path]) {
        assert.equal((await app.inject({ url: gone })).statusCode, 404)
      }
      assert.equal((await app.inject({ method: 'DELETE', url: `${url}/${document.id}` })).statusCode, 404)
      assert.equal((await app.inject({ url })).json().storage.usedBytes, 0)
      assert.deepEqual(knowledgeBase.fileKeys(), [])
    })

    it('serves the content as a download that nothing shows or runs, with a key and by its link', async (t) => {
      const { app, create } = await open(t)
      const { document } = (await create({ text: '<script>alert(1)</script> ä', fileName: 'Grüße.html' })).json()
      const path = new URL(document.publicUrl).pathname
      for (const from of [`${url}/${document.id}/content`, path]) {
        const answer = await app.inject({ url: from })
        assert.equal(answer.statusCode, 200)
        assert.equal(answer.body, '<script>alert(1)</script> ä')
        const { headers } = answer
        assert.equal(headers['content-type'], 'text/plain; charset=utf-8')
        assert.equal(headers['content-length'], String(document.fileSize))
        assert.equal(headers['content-disposition'], 'attachment; filename="Gr__e.html.txt"; filename*=UTF-8\'\'Gr%C3%BC%C3%9Fe.html.txt')
        assert.equal(headers['content-security-policy'], "sandbox; default-src 'none'")
        assert.equal(headers['x-content-type-options'], 'nosniff')
        assert.equal(headers.etag, `"${document.sha256}"`)
        const head = await app.inject({ method: 'HEAD', url: from })
        assert.deepEqual([head.statusCode, head.body, head.headers['content-length']], [200, '', String(document.fileSize)])
        for (const tag of [`"${document.sha256}"`, `"x", W/"${document.sha256}"`, '*']) {
          const same = await app.inject({ url: from, headers: { 'if-none-match': tag } })
          assert.deepEqual([same.statusCode, same.body, same.headers.etag], [304, '', headers.etag])
        }
        assert.equal((await app.inject({ url: from, headers: { 'if-none-match': '"other"' } })).statusCode, 200)
      }
      const { headers } = await app.inject({ url: path })
      assert.match(String(headers['cache-control']), /no-store/)
      assert.match(String(headers['x-robots-tag']), /noindex/)
    })

    it('opens a document to nobody without the whole random part of its link', async (t) => {
      const { app, create } = await open(t)
      const { document } = (await create({ text: 'x' })).json()
      const token = new URL(document.publicUrl).pathname.split('/').at(-1)!
      for (const guess of [token.slice(1), `${token}A`, document.id, token.toLowerCase(), '%00', '%2e%2e', `${token}%00`]) {
        if (guess === token) continue
        assert.equal((await app.inject({ url: `/files/${guess}` })).statusCode, 404, guess)
      }
    })

    it('has no links where they are turned off, for documents made before either', async (t) => {
      const { create, knowledgeBase } = await open(t)
      const { document } = (await create({ text: 'x' })).json()
      const off = { ...knowledgeBase, config: { ...knowledgeBase.config, publicLinks: false } }
      const actor = await seedActor(off, 'member', (await onlyDocument()).organizationId)
      const app = await buildTestApp(off, [actor], t)
      assert.equal((await app.inject({ url: new URL(document.publicUrl).pathname })).statusCode, 404)
      assert.equal((await app.inject({ url: `${url}/${document.id}` })).json().document.publicUrl, null)
      function onlyDocument() {
        return knowledgeBase.database.kysely.selectFrom('document').select('organizationId').executeTakeFirstOrThrow()
      }
    })

    it('tells the log, and nobody else, when the file of a deleted document cannot be removed', async (t) => {
      const { app, config, log, ...test } = await openTestApp(kind, t)
      const member = await test.signedInAs()
      const headers = { 'x-api-key': (await test.generateKey(member)).secret }
      const { document } = (await app.inject({ method: 'POST', url, headers, payload: { text: 'x', fileName: 'secret plan' } })).json()
      const { fileKey } = await test.database.kysely.selectFrom('document').select('fileKey').executeTakeFirstOrThrow()
      const path = join(config.dataDir, 'files', fileKey)
      rmSync(path)
      mkdirSync(path)
      assert.equal((await app.inject({ method: 'DELETE', url: `${url}/${document.id}`, headers })).statusCode, 204)
      assert.equal((await app.inject({ url: `${url}/${document.id}`, headers })).statusCode, 404)
      const lines = (await log()).filter(({ level }) => level === 'error')
      assert.deepEqual(
        lines.map(({ code, msg }) => [code, msg]),
        [['ERR_FS_EISDIR', 'a file without a document could not be removed; the sweep will try']],
      )
      for (const name of ['secret plan', fileKey, fileKey.slice(3), config.dataDir]) assert.ok(!JSON.stringify(lines).includes(name), name)
    })

    it('fails, with nothing of a file in the answer, when a document has lost its file', async (t) => {
      const { app, create, knowledgeBase } = await open(t)
      const { document } = (await create({ text: 'x' })).json()
      rmSync(join(knowledgeBase.folder, knowledgeBase.fileKeys()[0]!))
      const answer = await app.inject({ url: `${url}/${document.id}/content` })
      assert.equal(answer.statusCode, 500)
      assert.equal(answer.headers['content-disposition'], undefined)
    })
  })
}

/** Sends requests of which it says when they end. */
async function connectTo(app: FastifyInstance, key = 'x-no-key: x') {
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  return {
    create: () => app.inject({ method: 'POST', url, headers: Object.fromEntries([key.split(': ')]), payload: { text: 'x' } }),
    async begin(header: string, body = '{') {
      const begun = once(app.server, 'request')
      const socket = connect(port, '127.0.0.1')
      socket.write(`POST ${url} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n${key}\r\n${header}\r\n\r\n${body}`)
      const [request] = (await begun) as [IncomingMessage]
      const gone = new Promise((resolve) => request.socket.once('close', resolve))
      const end = () => {
        socket.destroy()
        return gone
      }
      return { socket, request, end }
    },
  }
}

async function answerOf(socket: Socket): Promise<string> {
  let text = ''
  for (;;) {
    const [chunk] = await once(socket, 'data')
    text += chunk
    const length = /content-length: (\d+)/i.exec(text)?.[1]
    if (length !== undefined && text.length >= text.indexOf('\r\n\r\n') + 4 + Number(length)) return text
  }
}

async function until(condition: () => boolean) {
  while (!condition()) await setImmediate()
}
