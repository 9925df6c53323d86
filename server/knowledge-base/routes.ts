import multipart from '@fastify/multipart'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Selectable } from 'kysely'
import { LeafPadError } from '../errors.ts'
import { createByteBudget } from './byte-budget.ts'
import { attachment } from './content-disposition.ts'
import { createDocument } from './create-document.ts'
import { deleteDocument } from './delete-document.ts'
import { documentAnswer } from './document-answer.ts'
import { contentType } from './file-kind.ts'
import type { KnowledgeBase } from './knowledge-base.ts'
import { listDocuments } from './list-documents.ts'
import { readContent } from './read-content.ts'
import { readDocument } from './read-document.ts'
import { readPublicDocument } from './read-public-document.ts'
import { readText } from './read-text.ts'
import { type Part, readUpload } from './read-upload.ts'
import { refuseEarly } from './refuse-early.ts'
import {
  createDocumentSchema,
  deleteDocumentSchema,
  listDocumentsSchema,
  openPublicLinkSchema,
  readContentSchema,
  readDocumentSchema,
} from './schema.ts'
import type { DocumentTable } from './table.ts'

/** Each part is taken as a file, so that none is buffered; two, so that the second can be named. Sizes are readUpload's to limit. */
const multipartOptions = { limits: { parts: 2, headerPairs: 20, fileSize: Infinity }, isPartAFile: () => true, preservePath: true }

const reads = { permission: 'documents:read', session: true } as const
const writes = { permission: 'documents:write', session: true } as const

/** The routes of the public API; paths relative to the door's prefix. */
export async function knowledgeBaseRoutes(app: FastifyInstance, knowledgeBase: KnowledgeBase): Promise<void> {
  const { database, config } = knowledgeBase
  const bodyLimit = maxJsonBytes(config.maxFileBytes)
  const budget = createByteBudget(2 * bodyLimit)
  // In a scope of its own: nothing else takes multipart bodies.
  await app.register(async (scope) => {
    await scope.register(multipart, multipartOptions)
    scope.post(
      '/knowledge-base',
      {
        config: writes,
        schema: createDocumentSchema,
        // The schema is documentation: which part of it holds would be for the Content-Type header to say.
        validatorCompiler: () => () => true,
        bodyLimit,
        onRequest: async (request, reply) => {
          if (request.headers['content-type']?.startsWith('multipart/form-data')) return
          // A JSON body is in memory as a whole: a few long ones at once must not take all there is.
          const giveBack = budget.take(Math.min(Number(request.headers['content-length'] ?? bodyLimit), bodyLimit))
          if (giveBack === undefined) throw tooManyLongTexts()
          reply.raw.once('close', giveBack)
        },
      },
      async (request, reply) => {
        const { document, storage } = request.isMultipart()
          ? await createFromUpload(knowledgeBase, request)
          : await createDocument(knowledgeBase, request.actor, readText(request.body, config.maxFileBytes))
        reply.code(201).header('location', `${app.prefix}/knowledge-base/${document.id}`)
        return { document: documentAnswer(document, config), storage }
      },
    )
  })

  const typed = app.withTypeProvider<TypeBoxTypeProvider>()

  typed.get('/knowledge-base', { config: reads, schema: listDocumentsSchema }, async (request) => {
    const { limit = 50, cursor } = request.query
    const { documents, ...page } = await listDocuments(knowledgeBase, request.actor.member.organizationId, { limit, cursor })
    return { documents: documents.map((document) => documentAnswer(document, config)), ...page }
  })

  typed.get('/knowledge-base/:id', { config: reads, schema: readDocumentSchema }, async (request) => {
    const document = await readDocument(database, request.actor.member.organizationId, request.params.id)
    return { document: documentAnswer(document, config) }
  })

  typed.delete('/knowledge-base/:id', { config: writes, schema: deleteDocumentSchema }, async (request, reply) => {
    await deleteDocument(knowledgeBase, request.actor, request.params.id)
    return reply.code(204).send(null)
  })

  typed.route({
    method: ['GET', 'HEAD'],
    url: '/knowledge-base/:id/content',
    config: reads,
    schema: readContentSchema,
    handler: async (request, reply) => {
      const document = await readDocument(database, request.actor.member.organizationId, request.params.id)
      return sendContent(knowledgeBase, document, request, reply)
    },
  })
}

/** What public links open, outside the doors: nobody needs to be signed in. Mounted at `/files`. */
export function publicLinkRoutes(app: FastifyInstance, knowledgeBase: KnowledgeBase): void {
  app.withTypeProvider<TypeBoxTypeProvider>().route({
    method: ['GET', 'HEAD'],
    url: '/:publicToken',
    schema: openPublicLinkSchema,
    handler: async (request, reply) => {
      const document = await readPublicDocument(knowledgeBase, request.params.publicToken)
      reply.headers({
        'cache-control': 'private, no-store',
        'x-robots-tag': 'noindex, nofollow',
        'referrer-policy': 'no-referrer',
      })
      return sendContent(knowledgeBase, document, request, reply)
    },
  })
}

/**
 * The longest JSON body: a text of `maxFileBytes` whose escapes make it three times as long, which all of its characters
 * outside ASCII written as `\uXXXX` do. Only a text made mostly of escaped control characters can be longer.
 */
function maxJsonBytes(maxFileBytes: number): number {
  return 3 * maxFileBytes + 65_536
}

function tooManyLongTexts(): LeafPadError {
  return new LeafPadError('overloaded', {
    detail: 'Too many long texts are being sent at once. Try again in a moment, or send the text as a file.',
    headers: { 'retry-after': '1' },
  })
}

async function createFromUpload(knowledgeBase: KnowledgeBase, request: FastifyRequest) {
  await refuseEarly(knowledgeBase, request.actor.member.organizationId, Number(request.headers['content-length'] ?? 0))
  const upload = await readUpload(request.parts() as AsyncIterator<Part>, knowledgeBase.config.maxFileBytes)
  return createDocument(knowledgeBase, request.actor, upload)
}

/** Sends a file as a download that no browser shows, runs or takes for another type. */
async function sendContent(
  knowledgeBase: KnowledgeBase,
  document: Selectable<DocumentTable>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const etag = `"${document.sha256}"`
  const isSame = isMatch(request.headers['if-none-match'], etag)
  // Opened before anything is said of it: when that fails, the answer is an error like any other.
  const content = isSame || request.method === 'HEAD' ? undefined : await readContent(knowledgeBase, document)
  reply.headers({
    etag,
    'content-disposition': attachment(document.fileName),
    'content-security-policy': "sandbox; default-src 'none'",
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
  })
  if (isSame) return reply.code(304).send()
  reply.headers({ 'content-type': contentType(document.fileType), 'content-length': document.fileSize, 'accept-ranges': 'none' })
  return reply.send(content)
}

/** Whether `If-None-Match` has this entity tag, by weak comparison (RFC 9110, section 13.1.2). */
function isMatch(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false
  return ifNoneMatch.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag)
}
