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
import { buildTestApp, multipartBody, openTestKnowledgeBase, seedActor } from '../testing/knowledge-base.ts'
import { openTestApp } from '../testing/test-app.ts'
import { databaseKinds } from '../testing/test-database.ts'
import { maxJsonBytes } from './read-text.ts'

const url = '/api/public/v1/knowledge-base'

for (const kind of databaseKinds) {
  describe(`knowledge base over HTTP on ${kind}`, () => {
    const open = async (t: { after(fn: () => unknown): void }, overrides = {}) => {
      const knowledgeBase = await openTestKnowledgeBase(kind, t, overrides)
      const app = await buildTestApp(knowledgeBase, [await seedActor(knowledgeBase), await seedActor(knowledgeBase)], t)
      const create = async (body: object, actor = '0') => app.inject({ method: 'POST', url, payload: body, headers: { 'x-actor': actor } })
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

    it('takes a JSON body to its last byte, however its characters are escaped', async (t) => {
      const { app } = await open(t)
      const around = '{"text":"","fileName":""}'.length
      const fileName = '\\u00e9'.repeat(125)
      const most = maxJsonBytes - around - fileName.length
      for (const character of ['x', '\\u0001', '\\u00e9', '\\u6e2c', '\\ud83c\\udf43']) {
        const count = Math.floor(most / character.length)
        const text = character.repeat(count).padEnd(most, 'x')
        const payload = `{"text":"${text}","fileName":"${fileName}"}`
        assert.equal(payload.length, maxJsonBytes)
        const answer = await app.inject({ method: 'POST', url, payload, headers: { 'content-type': 'application/json' } })
        assert.equal(answer.statusCode, 201, answer.body)
        assert.equal(answer.json().document.fileSize, Buffer.byteLength(JSON.parse(payload).text))
      }
    })

    it('reads no more of a longer JSON body, and says how to send it', async (t) => {
      const app = await openTestApp(kind, t, { listen: true })
      const { secret } = await app.generateKey(await app.signedInAs())
      const payload = `{"text":"x"${' '.repeat(maxJsonBytes)}}`
      const bodies = [
        [`Content-Length: ${payload.length}`, payload.slice(0, 100)],
        ['Transfer-Encoding: chunked', `${payload.length.toString(16)}\r\n${payload.slice(0, maxJsonBytes + 1)}`],
      ] as const
      for (const [header, begun] of bodies) {
        const socket = connect((app.app.server.address() as AddressInfo).port, '127.0.0.1')
        socket.write(
          `POST ${url} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nx-api-key: ${secret}\r\n${header}\r\n\r\n${begun}`,
        )
        // The rest of the body is never sent: it is refused without.
        const answer = await answerOf(socket)
        assert.match(answer, /^HTTP\/1.1 413 [\s\S]*"code":"body_too_large"/)
        assert.match(answer, new RegExp(`at most ${maxJsonBytes} bytes[^"]*multipart/form-data[\\s\\S]*"maxBytes":${maxJsonBytes}`))
        socket.destroy()
      }
    })

    it('asks no client for a body that it will not take', async (t) => {
      const app = await openTestApp(kind, t, { listen: true })
      const { secret } = await app.generateKey(await app.signedInAs())
      for (const [type, length] of [
        ['application/json', maxJsonBytes + 1],
        ['Multipart/Form-Data; boundary=leaf', 30_000_000],
      ]) {
        const socket = connect((app.app.server.address() as AddressInfo).port, '127.0.0.1')
        const head = `POST ${url} HTTP/1.1\r\nHost: a\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\nx-api-key: ${secret}\r\n`
        socket.write(`${head}Expect: 100-continue\r\n\r\n`)
        assert.match(await answerOf(socket), /^HTTP\/1.1 413 /)
        socket.destroy()
      }
    })

    it('takes so much of texts at once of one organization, and others of the other organizations', async (t) => {
      const { app } = await open(t)
      const { begin, create } = await connectTo(app)
      const long = []
      while (long.length < 7) long.push(await begin(`Content-Length: ${maxJsonBytes}`))
      const chunked = await begin('Transfer-Encoding: chunked', `${maxJsonBytes.toString(16)}\r\n{"text":"${'x'.repeat(maxJsonBytes - 9)}`)
      // All of it is counted once it has arrived and gone the few steps to where it is held.
      const { socket } = chunked.request
      await until(() => socket.bytesRead > maxJsonBytes && chunked.request.readableDidRead && chunked.request.readableLength === 0)
      for (let turn = 0; turn < 50; turn++) await setImmediate()
      assert.equal((await create()).json().code, 'overloaded')
      assert.equal((await create('1')).statusCode, 201)
      for (const one of [long.pop()!, chunked]) await one.end()
      await until(async () => (await create()).statusCode === 201)
      for (const one of long) await one.end()
    })

    it('takes so many uploads at once of one organization, however slow they are, and others of the other organizations', async (t) => {
      const { app, knowledgeBase } = await open(t)
      const { begin } = await connectTo(app)
      const { payload, headers } = multipartBody([{ name: 'file', fileName: 'a.txt', content: 'x' }])
      const upload = (actor = '0') => app.inject({ method: 'POST', url, payload, headers: { ...headers, 'x-actor': actor } })
      const slow = []
      for (let count = 0; count < 128; count++) {
        slow.push(
          await begin(
            'Transfer-Encoding: chunked',
            `${payload.length.toString(16)}\r\n${payload.subarray(0, 120)}`,
            headers['content-type'],
          ),
        )
      }
      const arriving = () => knowledgeBase.fileKeys().filter((fileKey) => fileKey.startsWith('incoming')).length
      // Before all of them are, an upload more would take the place of one of them.
      await until(() => arriving() === slow.length)
      assert.equal((await upload()).json().code, 'overloaded')
      assert.equal((await upload('1')).statusCode, 201)
      await slow.pop()!.end()
      await until(async () => (await upload()).statusCode === 201)
      for (const one of slow) await one.end()
      await until(() => arriving() === 0)
      assert.ok(knowledgeBase.fileKeys().length >= 2)
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

    it('opens nothing of an organization whose deletion has begun: the answer is the one for a link that never was', async (t) => {
      const { app, create, knowledgeBase } = await open(t)
      const [{ document }, other] = [(await create({ text: 'x' })).json(), (await create({ text: 'y' }, '1')).json()]
      const path = new URL(document.publicUrl).pathname
      const { kysely } = knowledgeBase.database
      const { organizationId } = await kysely
        .selectFrom('document')
        .select('organizationId')
        .where('id', '=', document.id)
        .executeTakeFirstOrThrow()
      assert.equal((await app.inject({ url: path })).statusCode, 200)
      // As deleteOrganization leaves it before it erases: the document is still there.
      await kysely.deleteFrom('member').where('organizationId', '=', organizationId).execute()
      const [gone, unknown] = [await app.inject({ url: path }), await app.inject({ url: `${path.slice(0, -3)}abc` })]
      assert.deepEqual([gone.statusCode, gone.body], [404, unknown.body])
      assert.equal((await app.inject({ url: new URL(other.document.publicUrl).pathname })).statusCode, 200)
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
async function connectTo(app: FastifyInstance) {
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  return {
    create: (actor = '0') => app.inject({ method: 'POST', url, headers: { 'x-actor': actor }, payload: { text: 'x' } }),
    async begin(header: string, body = '{', contentType = 'application/json') {
      const begun = once(app.server, 'request')
      const socket = connect(port, '127.0.0.1')
      socket.write(`POST ${url} HTTP/1.1\r\nHost: a\r\nContent-Type: ${contentType}\r\n${header}\r\n\r\n${body}`)
      const [request] = (await begun) as [IncomingMessage]
      const gone = new Promise((resolve) => request.socket.once('close', resolve))
      const end = () => {
        socket.destroy()
        return gone
      }
      return { request, end }
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

async function until(condition: () => boolean | Promise<boolean>) {
  while (!(await condition())) await setImmediate()
}
