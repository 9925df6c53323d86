import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import Fastify, { type FastifyInstance } from 'fastify'
import type { Config } from '../config.ts'
import { LeafPadError } from '../errors.ts'
import { discardBody } from '../http/unread-body.ts'
import { compileValidator } from '../http/validation.ts'
import { openDiskFileStore } from '../knowledge-base/disk-file-store.ts'
import type { KnowledgeBase } from '../knowledge-base/knowledge-base.ts'
import { knowledgeBaseRoutes, publicLinkRoutes } from '../knowledge-base/routes.ts'
import { type Actor, recheckMember } from '../organizations/member.ts'
import type { Role } from '../organizations/roles.ts'
import { seedMember, seedOrganization } from './seed-members.ts'
import { testConfig } from './test-config.ts'
import { type DatabaseKind, openTestDatabase } from './test-database.ts'

export interface TestKnowledgeBase extends KnowledgeBase {
  readonly folder: string
  /** Every file in the store, unfinished ones too; not those in its trash. */
  fileKeys(): string[]
  /** What the knowledge base was told of files that could not be removed. */
  readonly filesLeft: unknown[]
}

/** A knowledge base on a new database and a new folder, both gone after the test. */
export async function openTestKnowledgeBase(
  kind: DatabaseKind,
  test: Pick<TestContext, 'after'>,
  { now = Date.now, ...overrides }: Partial<Config> & { readonly now?: () => number } = {},
): Promise<TestKnowledgeBase> {
  const folder = makeTestFolder(test)
  const folders = () => readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory() && entry.name !== 'trash')
  const fileKeys = () => folders().flatMap(({ name: shard }) => readdirSync(join(folder, shard)).map((name) => `${shard}/${name}`))
  const filesLeft: unknown[] = []
  const database = await openTestDatabase(kind, test)
  const files = openDiskFileStore(folder)
  return { database, files, config: testConfig(overrides), now, onFileLeft: (error) => filesLeft.push(error), folder, fileKeys, filesLeft }
}

export function makeTestFolder(test: Pick<TestContext, 'after'>): string {
  const folder = mkdtempSync(join(tmpdir(), 'leafpad-test-files-'))
  test.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A new member of an organization, a new one by default. */
export async function seedActor({ database }: KnowledgeBase, role: Role = 'member', organizationId?: string): Promise<Actor> {
  const { memberId, ...of } = await seedMember(database, organizationId ?? (await seedOrganization(database)), role)
  const member = { id: memberId, role, ...of }
  return { member, keyId: null, secretNumber: null, recheck: (transaction, permission) => recheckMember(transaction, member, permission) }
}

/** The room's routes where they are mounted, with a door that believes the header `x-actor`: the index of one of `actors`. */
export async function buildTestApp(
  knowledgeBase: KnowledgeBase,
  actors: readonly Actor[],
  test: Pick<TestContext, 'after'>,
): Promise<FastifyInstance> {
  const app = Fastify()
  test.after(() => app.close())
  app.setValidatorCompiler(compileValidator)
  app.setErrorHandler((error, request, reply) => {
    const { code, status, answer } = error instanceof LeafPadError ? error : asLeafPadError(error as Error)
    reply
      .removeHeader('connection')
      .code(status)
      .send({ code, detail: answer.detail, ...answer.members })
    request.log.debug(error)
  })
  app.addHook('onResponse', async (request) => discardBody(request.raw, 33_554_432))
  await app.register(
    async (door) => {
      door.addHook('onRequest', async (request) => {
        request.actor = actors[Number(request.headers['x-actor'] ?? 0)]!
      })
      await knowledgeBaseRoutes(door, knowledgeBase)
    },
    { prefix: '/api/public/v1' },
  )
  await app.register(async (files) => publicLinkRoutes(files, knowledgeBase), { prefix: '/files' })
  return app
}

function asLeafPadError(error: Error & { code?: string; validation?: unknown }): LeafPadError {
  if (error.validation !== undefined) return new LeafPadError('invalid_query', { detail: error.message })
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new LeafPadError('body_too_large')
  return new LeafPadError('internal_error', { detail: `${error.name}: ${error.message} ${error.stack}` })
}

export interface MultipartPart {
  readonly name?: string
  readonly fileName?: string
  readonly content: string | Uint8Array
  /** Further header lines. */
  readonly headers?: readonly string[]
}

/** A multipart body with its content type, for `inject`. */
export function multipartBody(parts: readonly MultipartPart[], boundary = 'leaf'): { payload: Buffer; headers: Record<string, string> } {
  const pieces = parts.flatMap(({ name, fileName, content, headers = [] }) => {
    const names = `${name === undefined ? '' : `; name="${name}"`}${fileName === undefined ? '' : `; filename="${fileName}"`}`
    const lines = [`--${boundary}`, `Content-Disposition: form-data${names}`, ...headers, '', '']
    return [Buffer.from(lines.join('\r\n')), Buffer.from(content as string), Buffer.from('\r\n')]
  })
  const payload = Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)])
  return { payload, headers: { 'content-type': `multipart/form-data; boundary=${boundary}` } }
}
