import multipart from '@fastify/multipart'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Selectable } from 'kysely'
import { LeafPadError } from '../errors.ts'
import { type Arrival, type Arrivals, createArrivals } from './arrivals.ts'
import { attachment } from './content-disposition.ts'
import { countArriving } from './count-arriving.ts'
import { createDocument } from './create-document.ts'
import { deleteDocument } from './delete-document.ts'
import { documentAnswer } from './document-answer.ts'
import { contentType } from './file-kind.ts'
import type { KnowledgeBase } from './knowledge-base.ts'
import { listDocuments } from './list-documents.ts'
import { readContent } from './read-content.ts'
import { readDocument } from './read-document.ts'
import { readPublicDocument } from './read-public-document.ts'
import { jsonTooLarge, maxJsonBytes, readText } from './read-text.ts'
import { type Part, readUpload } from './read-upload.ts'
import { maxMultipartBytes, refuseEarly } from './refuse-early.ts'
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

/** Of what the operations work with, what the routes do not see to themselves. */
export type RoutesOptions = Omit<KnowledgeBase, 'onFileLeft'>

/** The routes of the public API; paths relative to the door's prefix. */
export async function knowledgeBaseRoutes(app: FastifyInstance, options: RoutesOptions): Promise<void> {
  const knowledgeBase: KnowledgeBase = { ...options, onFileLeft: (error) => logFileLeft(app, error) }
  const { database, config } = knowledgeBase
  const maxUploadBytes = config.maxFileBytes + maxMultipartBytes
  // Texts are in memory while they arrive, files on the disk.
  const texts = createArrivals({ maxBodies: 1_024, maxBytes: 64 * maxJsonBytes })
  const uploads = createArrivals({ maxBodies: 1_024, maxBytes: Math.max(1_073_741_824, 16 * maxUploadBytes) })
  const arriving = new WeakMap<FastifyRequest, Arrival>()

  /** Makes room for a body before it is read, until its request has ended. */
  function begin(arrivals: Arrivals, request: FastifyRequest, reply: FastifyReply, bytes: number): Arrival {
    const arrival = arrivals.begin(request.actor.member.organizationId, bytes)
    // A client that has hung up meanwhile does so once only.
    if (reply.raw.destroyed) arrival.end()
    else reply.raw.once('close', arrival.end)
    arriving.set(request, arrival)
    return arrival
  }

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
        bodyLimit: maxJsonBytes,
        preParsing: async (request, reply, body) => {
          const length = Number(request.headers['content-length'] ?? 0)
          if (isMultipart(request)) {
            await refuseEarly(knowledgeBase, request.actor.member.organizationId, length)
            begin(uploads, request, reply, Math.min(length, maxUploadBytes))
            return body
          }
          if (length > maxJsonBytes) throw jsonTooLarge()
          const arrival = begin(texts, request, reply, length)
          return length > 0 ? body : countArriving(body, arrival)
        },
        onError: async (request, reply) => {
          // What is left of a body that was asked for is read and dropped, so the connection can stay, and the client gets to see why.
          if (request.raw.readableDidRead && !request.raw.complete) reply.removeHeader('connection')
        },
      },
      async (request, reply) => {
        const { document, storage } = request.isMultipart()
          ? await createFromUpload(knowledgeBase, request, arriving.get(request)!)
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
export function publicLinkRoutes(app: FastifyInstance, knowledgeBase: RoutesOptions): void {
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

function isMultipart(request: FastifyRequest): boolean {
  return request.headers['content-type']?.startsWith('multipart/form-data') === true
}

async function createFromUpload(knowledgeBase: KnowledgeBase, request: FastifyRequest, arrival: Arrival) {
  const [, quoted, bare] = /;\s*boundary=(?:"([^"]*)"|([^;\s]+))/i.exec(request.headers['content-type']!) ?? []
  const body = { bytes: request.raw, boundary: quoted ?? bare, parts: request.parts() as AsyncIterator<Part> }
  const { fileName, content } = await readUpload(body, knowledgeBase.config.maxFileBytes)
  const isCounted = request.headers['content-length'] !== undefined
  return createDocument(knowledgeBase, request.actor, { fileName, content: isCounted ? content : taking(arrival, content) })
}

async function* taking(arrival: Arrival, content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of content) {
    arrival.take(chunk.byteLength)
    yield chunk
  }
}

/** Of the error, its code alone: its message has the name of the file. */
function logFileLeft(app: FastifyInstance, error: unknown) {
  const { code } = (error instanceof LeafPadError ? error.cause : error) as NodeJS.ErrnoException
  app.log.error({ code }, 'a file without a document could not be removed; the sweep will try')
}

/** Sends a file as a download that no browser shows, runs or takes for another type. */
async function sendContent(
  knowledgeBase: RoutesOptions,
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
