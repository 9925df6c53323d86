import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import { describe, it } from 'node:test'
import {
  buildTestApp,
  type MultipartPart,
  multipartBody,
  openTestKnowledgeBase,
  seedActor,
  type TestKnowledgeBase,
} from '../testing/knowledge-base.ts'
import { databaseKinds } from '../testing/test-database.ts'

const url = '/api/public/v1/knowledge-base'

for (const kind of databaseKinds) {
  describe(`upload of a file on ${kind}`, () => {
    const open = async (t: { after(fn: () => unknown): void }, overrides = {}) => {
      const knowledgeBase = await openTestKnowledgeBase(kind, t, overrides)
      const app = await buildTestApp(knowledgeBase, [await seedActor(knowledgeBase)], t)
      const upload = async (parts: readonly MultipartPart[]) => app.inject({ method: 'POST', url, ...multipartBody(parts) })
      return { knowledgeBase, app, upload }
    }

    it('keeps a file of each kind as it was sent, whatever type the client claims', async (t) => {
      const { upload, app } = await open(t)
      const files = [
        ['handbook.md', 'text/markdown', '# Händbook\r\n-- leaf -- is no boundary here'],
        ['NOTES.TXT', 'text/plain', 'x'],
        ['Größe 測試.pdf', 'application/pdf', '%PDF-1.7 \u0000 whatever'],
      ] as const
      for (const [fileName, fileType, content] of files) {
        const answer = await upload([{ name: 'file', fileName, content, headers: ['Content-Type: text/html'] }])
        assert.equal(answer.statusCode, 201, answer.body)
        const { document } = answer.json()
        assert.equal(document.fileName, fileName)
        assert.equal(document.fileType, fileType)
        assert.equal(document.fileSize, Buffer.byteLength(content))
        assert.equal(document.sha256, createHash('sha256').update(content).digest('hex'))
        assert.equal(answer.headers.location, `${url}/${document.id}`)
        const kept = await app.inject({ url: `${url}/${document.id}/content` })
        assert.equal(kept.body, content)
      }
    })

    const refused: [guarantee: string, parts: MultipartPart[], status: number, code: string, detail: RegExp][] = [
      ['no part at all', [], 400, 'malformed_multipart', /no part "file"/],
      ['an unknown field', [{ name: 'title', content: 'x' }], 400, 'malformed_multipart', /"title"/],
      [
        'an unknown field after the file',
        [
          { name: 'file', fileName: 'a.txt', content: 'x' },
          { name: 'title', content: 'x' },
        ],
        400,
        'malformed_multipart',
        /"title"/,
      ],
      [
        'a field of a name that objects have',
        [
          { name: 'file', fileName: 'a.txt', content: 'x' },
          { name: 'constructor', content: 'x' },
        ],
        400,
        'malformed_multipart',
        /one part/,
      ],
      [
        'a second file',
        [
          { name: 'file', fileName: 'a.txt', content: 'x' },
          { name: 'file', fileName: 'b.txt', content: 'y' },
        ],
        400,
        'malformed_multipart',
        /second part "file"/,
      ],
      [
        'ten parts',
        Array.from({ length: 10 }, () => ({ name: 'file', fileName: 'a.txt', content: 'x' })),
        400,
        'malformed_multipart',
        /second part/,
      ],
      ['a field in place of the file', [{ name: 'file', content: 'x' }], 400, 'malformed_multipart', /no file name/],
      ['an empty name', [{ name: 'file', fileName: '', content: 'x' }], 400, 'malformed_multipart', /no file name/],
      ['a part without a name', [{ fileName: 'a.txt', content: 'x' }], 400, 'malformed_multipart', /no field ""/],
      ['a name with a path', [{ name: 'file', fileName: '../../a.txt', content: 'x' }], 400, 'invalid_file_name', /slash/],
      [
        'a name with a turned direction',
        [{ name: 'file', fileName: 'a\u202etxt.md', content: 'x' }],
        400,
        'invalid_file_name',
        /direction/,
      ],
      ['an empty file', [{ name: 'file', fileName: 'a.txt', content: '' }], 400, 'empty_file', /no content/],
      ['an unknown ending', [{ name: 'file', fileName: 'a.exe', content: 'x' }], 415, 'unsupported_media_type', /\.txt, \.md or \.pdf/],
      ['no ending', [{ name: 'file', fileName: 'txt', content: 'x' }], 415, 'unsupported_media_type', /\.pdf/],
      [
        'text that is not UTF-8',
        [{ name: 'file', fileName: 'a.md', content: Buffer.from([0x61, 0xff]) }],
        415,
        'content_mismatch',
        /UTF-8/,
      ],
      ['text with a NUL byte', [{ name: 'file', fileName: 'a.txt', content: 'a\0b' }], 415, 'content_mismatch', /NUL/],
      ['a PDF that is none', [{ name: 'file', fileName: 'a.pdf', content: '<html>' }], 415, 'content_mismatch', /%PDF-/],
      ['a file that is too large', [{ name: 'file', fileName: 'a.txt', content: 'x'.repeat(1001) }], 413, 'body_too_large', /1000 bytes/],
    ]
    it('refuses what it must, says what is wrong, and leaves nothing', async (t) => {
      const { knowledgeBase, upload } = await open(t, { maxFileBytes: 1000 })
      for (const [guarantee, parts, status, code, detail] of refused) {
        const answer = await upload(parts)
        assert.equal(answer.statusCode, status, `${guarantee}: ${answer.body}`)
        assert.equal(answer.json().code, code, guarantee)
        assert.match(answer.json().detail, detail, guarantee)
        if (code === 'body_too_large') assert.equal(answer.json().maxBytes, 1000)
        await nothingRemains(knowledgeBase)
      }
    })

    it('keeps no half of a body: another part, even one that names nothing, or a boundary in the content, refuses it all', async (t) => {
      const { knowledgeBase, app } = await open(t)
      const file = 'Content-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
      const nameless = [
        'Content-Type: text/plain\r\n\r\n',
        'Content-Disposition: attachment; filename="b.txt"\r\n\r\n',
        '\r\n',
        'no headers',
      ]
      const bodies: [name: string, body: string, detail: RegExp][] = [
        ...nameless.flatMap((headers, index): [string, string, RegExp][] => [
          [`nameless ${index} before`, `--leaf\r\n${headers}y\r\n--leaf\r\n${file}x\r\n--leaf--\r\n`, /more parts than one/],
          [`nameless ${index} after`, `--leaf\r\n${file}x\r\n--leaf\r\n${headers}y\r\n--leaf--\r\n`, /more parts than one/],
        ]),
        ['the boundary in the content', `--leaf\r\n${file}half\r\n--leaf\r\nother half\r\n--leaf--\r\n`, /begins with the boundary/],
        ['a longer word in the content', `--leaf\r\n${file}half\r\n--leaflet\r\nother half\r\n--leaf--\r\n`, /begins with the boundary/],
        ['the last boundary in the content', `--leaf\r\n${file}half\r\n--leaf--\r\nother half\r\n--leaf--\r\n`, /begins with the boundary/],
        ['a part after the last boundary', `--leaf\r\n${file}x\r\n--leaf--\r\n--leaf\r\n${file}y\r\n--leaf--`, /more parts than one/],
        ['more on the line of the last boundary', `--leaf\r\n${file}x\r\n--leaf--more\r\n`, /two hyphens/],
        ['too much after the last boundary', `--leaf\r\n${file}x\r\n--leaf--\r\n${'y'.repeat(200_000)}`, /after the last boundary/],
      ]
      for (const [name, payload, detail] of bodies) {
        const answer = await app.inject({ method: 'POST', url, payload, headers: { 'content-type': 'multipart/form-data; boundary=leaf' } })
        assert.deepEqual([answer.statusCode, answer.json().code], [400, 'malformed_multipart'], `${name}: ${answer.body}`)
        assert.match(answer.json().detail, detail, name)
        await nothingRemains(knowledgeBase)
      }
    })

    it('keeps the whole of a file with all that may stand around its part', async (t) => {
      const { app } = await open(t)
      const content = 'a\n--leaf--\nb --leaf\r\n-- leaf\r\n'.repeat(10_000)
      const payload = `preamble\r\n--leaf\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n${content}\r\n--leaf-- \r\nepilogue\r\n`
      const answer = await app.inject({ method: 'POST', url, payload, headers: { 'content-type': 'multipart/form-data; boundary="leaf"' } })
      assert.equal(answer.statusCode, 201, answer.body)
      assert.equal(answer.json().document.fileSize, content.length)
      assert.equal((await app.inject({ url: `${url}/${answer.json().document.id}/content` })).body, content)
    })

    it('waits for the end of a body, whenever it comes, before it keeps its file', async (t) => {
      const { knowledgeBase, app } = await open(t)
      const { port } = await listen(app)
      const { payload, headers } = multipartBody([{ name: 'file', fileName: 'a.txt', content: 'x' }])
      for (const [rest, status] of [
        ['\r\nepilogue', '201'],
        ['\r\n--leaf\r\n\r\n', '400'],
      ] as const) {
        const socket = connect(port, '127.0.0.1')
        const begun = once(app.server, 'request')
        const body = payload.subarray(0, -2)
        socket.write(head(headers['content-type']!, body.length + rest.length))
        socket.write(body)
        const [request] = (await begun) as [IncomingMessage]
        // All but the rest is read when the file is there; a document would follow it at once.
        await until(() => knowledgeBase.fileKeys().length > 0 && request.isPaused() === false)
        for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
        assert.deepEqual(await knowledgeBase.database.kysely.selectFrom('document').select('id').execute(), [])
        socket.write(rest)
        assert.match(await answerOf(socket), new RegExp(`^HTTP/1.1 ${status}`))
        socket.destroy()
        if (status === '400') continue
        await app.inject({ method: 'DELETE', url: `${url}/${(await app.inject({ url })).json().documents[0].id}` })
      }
      await nothingRemains(knowledgeBase)
    })

    it('keeps a file of exactly the largest size', async (t) => {
      const { upload } = await open(t, { maxFileBytes: 200_000 })
      const answer = await upload([{ name: 'file', fileName: 'a.txt', content: 'ä'.repeat(100_000) }])
      assert.equal(answer.statusCode, 201)
      assert.equal(answer.json().document.fileSize, 200_000)
    })

    it('refuses bodies that are cut off, have no or another boundary, or huge headers', async (t) => {
      const { knowledgeBase, app } = await open(t)
      const { payload, headers } = multipartBody([{ name: 'file', fileName: 'a.txt', content: 'x'.repeat(1000) }])
      const huge = multipartBody([{ name: 'file', fileName: 'a.txt', content: 'x', headers: [`X-Filler: ${'x'.repeat(500_000)}`] }])
      const early = multipartBody([{ content: 'x', headers: [`X-Filler: ${'x'.repeat(500_000)}`] }])
      const bodies: [string, Buffer, string][] = [
        ['cut off in the content', payload.subarray(0, 500), headers['content-type']!],
        ['cut off in the headers', payload.subarray(0, 40), headers['content-type']!],
        ['cut off in the last boundary', payload.subarray(0, -4), headers['content-type']!],
        ['cut off before all', payload.subarray(0, 1), headers['content-type']!],
        ['another boundary', payload, 'multipart/form-data; boundary=other'],
        ['no boundary', payload, 'multipart/form-data'],
        ['not multipart', Buffer.from('just text'), headers['content-type']!],
        ['nameless and huge', early.payload, headers['content-type']!],
      ]
      for (const [name, body, contentType] of bodies) {
        const answer = await app.inject({ method: 'POST', url, payload: body, headers: { 'content-type': contentType } })
        assert.equal(answer.statusCode, 400, `${name}: ${answer.body}`)
        assert.equal(answer.json().code, 'malformed_multipart', name)
        await nothingRemains(knowledgeBase)
      }
      const answer = await app.inject({ method: 'POST', url, ...huge })
      assert.ok([201, 400].includes(answer.statusCode), answer.body)
    })

    it('refuses by its Content-Length, before it is read, what cannot fit', async (t) => {
      const { app } = await open(t, { maxFileBytes: 100_000, maxStorageBytes: 90_000 })
      const answers = []
      for (const size of [200_000, 160_000]) {
        const { payload, headers } = multipartBody([{ name: 'file', fileName: 'a.txt', content: 'x'.repeat(size) }])
        const { port } = await listen(app)
        const socket = connect(port, '127.0.0.1')
        socket.write(head(headers['content-type']!, payload.length))
        answers.push(await answerOf(socket))
        socket.destroy()
      }
      assert.match(answers[0]!, /413[\s\S]*body_too_large/)
      assert.match(answers[1]!, /413[\s\S]*storage_full[\s\S]*"leftBytes":90000/)
    })

    it('leaves nothing of an upload whose client hangs up in the middle', async (t) => {
      const { knowledgeBase, app } = await open(t)
      const { port } = await listen(app)
      const { payload, headers } = multipartBody([{ name: 'file', fileName: 'a.txt', content: 'x'.repeat(1_000_000) }])
      for (const sent of [10, 120, 500_000, payload.length - 3]) {
        const begun = once(app.server, 'request')
        const socket = connect(port, '127.0.0.1')
        socket.write(head(headers['content-type']!, payload.length))
        socket.write(payload.subarray(0, sent))
        const [request] = (await begun) as [IncomingMessage]
        const gone = new Promise((resolve) => request.socket.once('close', resolve))
        if (sent > 100_000) await until(() => knowledgeBase.fileKeys().length > 0)
        socket.destroy()
        await gone
        // What had arrived may still be on its way to a file: nothing remains once none has been there for a while.
        for (let empty = 0; empty < 200; empty++) {
          if (knowledgeBase.fileKeys().length > 0) empty = 0
          await new Promise((resolve) => setImmediate(resolve))
        }
        await nothingRemains(knowledgeBase)
      }
    })

    it('lets a client that writes all before it reads see why its file was refused, and use the connection again', async (t) => {
      const { app } = await open(t, { maxFileBytes: 100_000, maxStorageBytes: 50_000_000 })
      const { port } = await listen(app)
      const { payload, headers } = multipartBody([{ name: 'file', fileName: 'a.txt', content: 'x'.repeat(8_000_000) }])
      const socket = connect(port, '127.0.0.1')
      socket.pause()
      // Chunked, so that its length is not known beforehand.
      socket.write(`POST ${url} HTTP/1.1\r\nHost: a\r\nContent-Type: ${headers['content-type']}\r\nTransfer-Encoding: chunked\r\n\r\n`)
      socket.write(`${payload.length.toString(16)}\r\n`)
      socket.write(payload)
      await new Promise<void>((resolve) => socket.write('\r\n0\r\n\r\n', () => resolve()))
      assert.match(await answerOf(socket), /413[\s\S]*body_too_large/)
      socket.write(`GET ${url} HTTP/1.1\r\nHost: a\r\n\r\n`)
      assert.match(await answerOf(socket), /200[\s\S]*"documents":\[\]/)
      socket.destroy()
    })
  })
}

async function nothingRemains(knowledgeBase: TestKnowledgeBase) {
  assert.deepEqual(knowledgeBase.fileKeys(), [])
  const { kysely } = knowledgeBase.database
  assert.deepEqual(await kysely.selectFrom('document').select('id').execute(), [])
  const storage = await kysely.selectFrom('storage').select('usedBytes').execute()
  assert.ok(storage.every(({ usedBytes }) => usedBytes === 0))
}

async function listen(app: Awaited<ReturnType<typeof buildTestApp>>): Promise<{ port: number }> {
  if (!app.server.listening) await app.listen({ port: 0, host: '127.0.0.1' })
  return app.server.address() as { port: number }
}

function head(contentType: string, length: number): string {
  return `POST ${url} HTTP/1.1\r\nHost: a\r\nContent-Type: ${contentType}\r\nContent-Length: ${length}\r\n\r\n`
}

async function answerOf(socket: Socket): Promise<string> {
  let text = ''
  socket.resume()
  for (;;) {
    const [chunk] = await once(socket, 'data')
    text += chunk
    const length = /content-length: (\d+)/i.exec(text)?.[1]
    if (length !== undefined && text.length >= text.indexOf('\r\n\r\n') + 4 + Number(length)) return text
  }
}

async function until(condition: () => boolean) {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}
