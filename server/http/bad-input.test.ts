import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { multipartBody } from '../testing/knowledge-base.ts'
import { readUse } from '../testing/read-use.ts'
import { openTestApp } from '../testing/test-app.ts'
import { databaseKinds } from '../testing/test-database.ts'

const maxFileBytes = 1_000
const json = ['Content-Type', 'application/json']

interface Sent {
  /** Names and values in turn, as they go over the wire, beside those of the key. */
  readonly headers?: readonly string[]
  readonly body?: string | Buffer
}

interface Case extends Sent {
  readonly status: number
  readonly code: string
  readonly says?: RegExp
  /** The headers that carry the key; by default x-api-key. */
  readonly key?: (secret: string, other: string) => readonly string[]
  /** False: refused before the key was asked about. */
  readonly counted?: false
}

function text(body: string | Buffer): Sent {
  return { headers: json, body }
}

function file(...parts: Parameters<typeof multipartBody>[0][number][]): Sent {
  const { payload, headers } = multipartBody(parts)
  return { headers: ['Content-Type', headers['content-type']!], body: payload }
}

const one = (fileName: string, content: string | Buffer) => file({ name: 'file', fileName, content })
const good = text('{"text":"x"}')
const byHeader = (secret: string): readonly string[] => ['x-api-key', secret]

const cases: Record<string, Case> = {
  'malformed JSON': { ...text('{"text": '), status: 400, code: 'malformed_json' },
  'JSON that is no object': { ...text('null'), status: 400, code: 'invalid_body' },
  'no body': { headers: json, status: 400, code: 'invalid_body' },
  'no content type': { body: '{"text":"x"}', status: 415, code: 'unsupported_media_type' },
  'a wrong content type': { headers: ['Content-Type', 'text/plain'], body: 'x', status: 415, code: 'unsupported_media_type' },
  'a malformed content type': { ...good, headers: ['Content-Type', 'application/json x'], status: 415, code: 'unsupported_media_type' },
  'two content types in one header': {
    ...good,
    headers: ['Content-Type', 'application/json, application/json'],
    status: 415,
    code: 'unsupported_media_type',
  },
  'a doubled content type': { ...good, headers: [...json, ...json], status: 400, code: 'duplicate_header', counted: false },
  'an empty text': { ...text('{"text":""}'), status: 400, code: 'invalid_text' },
  'a text of spaces': { ...text('{"text":" \\n"}'), status: 400, code: 'invalid_text' },
  'a text that is too long': { ...text(JSON.stringify({ text: 'x'.repeat(maxFileBytes + 1) })), status: 413, code: 'body_too_large' },
  'invalid UTF-8': { ...text(Buffer.from('{"text":"\xff"}', 'latin1')), status: 400, code: 'malformed_json' },
  'a NUL in the text': { ...text('{"text":"a\\u0000"}'), status: 400, code: 'invalid_body', says: /"text"/ },
  'a NUL in the name': { ...text('{"text":"a","fileName":"a\\u0000.txt"}'), status: 400, code: 'invalid_body', says: /"fileName"/ },
  'an unknown field': { ...text('{"text":"a","title":"b"}'), status: 400, code: 'invalid_body', says: /"title"/ },
  'an empty file': { ...one('a.txt', ''), status: 400, code: 'empty_file' },
  'a file that is too long': { ...one('a.txt', 'x'.repeat(maxFileBytes + 1)), status: 413, code: 'body_too_large' },
  'a text file that is no UTF-8': { ...one('a.txt', Buffer.from([0xff])), status: 415, code: 'content_mismatch' },
  'a text file with a NUL': { ...one('a.md', 'a\0'), status: 415, code: 'content_mismatch' },
  'a PDF that is none': { ...one('a.pdf', 'hello'), status: 415, code: 'content_mismatch' },
  'a file of another kind': { ...one('a.exe', 'x'), status: 415, code: 'unsupported_media_type' },
  'two files': {
    ...file({ name: 'file', fileName: 'a.txt', content: 'x' }, { name: 'file', fileName: 'b.txt', content: 'x' }),
    status: 400,
    code: 'malformed_multipart',
  },
  'an unknown part': {
    ...file({ name: 'file', fileName: 'a.txt', content: 'x' }, { name: 'title', content: 'x' }),
    status: 400,
    code: 'malformed_multipart',
    says: /"title"/,
  },
  'a doubled x-api-key': {
    ...good,
    key: (secret) => ['x-api-key', secret, 'X-Api-Key', secret],
    status: 400,
    code: 'duplicate_header',
    counted: false,
  },
  'a doubled Authorization': {
    ...good,
    key: (secret) => ['Authorization', `Bearer ${secret}`, 'authorization', `Bearer ${secret}`],
    status: 400,
    code: 'duplicate_header',
    counted: false,
  },
  'two different keys': {
    ...good,
    key: (secret, other) => ['x-api-key', secret, 'Authorization', `Bearer ${other}`],
    status: 400,
    code: 'conflicting_credentials',
    counted: false,
  },
}

for (const kind of databaseKinds) {
  describe(`bad input with a key, on ${kind}`, () => {
    it('is answered with a problem each, keeps nothing, and counts what was admitted', async (t) => {
      const { app, url, config, database, signedInAs, generateKey } = await openTestApp(kind, t, { listen: true, config: { maxFileBytes } })
      const member = await signedInAs()
      const usedBy = async (keyId: string) => (await readUse(database, keyId)).reduce((sum, { used }) => sum + used, 0)
      const post = async (key: readonly string[], { headers = [], body = '' }: Sent) => {
        const length = ['Content-Length', String(Buffer.byteLength(body))]
        const asked = request(`${url}/api/public/v1/knowledge-base`, {
          method: 'POST',
          headers: ['Host', 'localhost', ...key, ...headers, ...length],
          agent: false,
        })
        asked.end(body)
        const [answer] = (await once(asked, 'response')) as [IncomingMessage]
        return { status: answer.statusCode, headers: answer.headers, body: JSON.parse(Buffer.concat(await answer.toArray()).toString()) }
      }
      for (const [name, { status, code, says = /./, key = byHeader, counted = true, ...sent }] of Object.entries(cases)) {
        const [used, other] = [await generateKey(member), await generateKey(member)]
        const answer = await post(key(used.secret, other.secret), sent)
        assert.deepEqual([answer.status, answer.body.status, answer.body.code], [status, status, code], name)
        assert.match(answer.body.detail, says, name)
        assert.equal(answer.headers['content-type'], 'application/problem+json', name)
        assert.equal(answer.headers['x-request-id'], answer.body.requestId, name)
        assert.deepEqual([await usedBy(used.keyId), await usedBy(other.keyId)], [counted ? 1 : 0, 0], `${name}: what was counted`)
        for (const { keyId } of [used, other]) {
          await app.inject({ method: 'POST', url: `/api/dashboard/v1/keys/${keyId}/revoke`, headers: { cookie: member.cookie } })
        }
      }
      assert.deepEqual(await database.kysely.selectFrom('document').select('id').execute(), [])
      const { used } = await database.kysely
        .selectFrom('storage')
        .select(({ fn }) => fn.sum<number | null>('usedBytes').as('used'))
        .executeTakeFirstOrThrow()
      assert.equal(Number(used), 0)
      const entries = readdirSync(join(config.dataDir, 'files'), { recursive: true, withFileTypes: true })
      assert.deepEqual(
        entries.filter((entry) => entry.isFile()).map((entry) => entry.name),
        [],
      )
      const { secret } = await generateKey(member)
      assert.equal((await post(['x-api-key', secret], good)).status, 201, 'what is good is kept, by the same way')
    })
  })
}
