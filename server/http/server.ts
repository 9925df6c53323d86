import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify'
import type { Config } from '../config.ts'
import { LeafPadError } from '../errors.ts'
import { clientAddress } from './client-address.ts'
import { canonicalContentType } from './content-type.ts'
import { asksForPage } from './dashboard-files.ts'
import { doubledHeader } from './doubled-header.ts'
import { shuttingDown } from './health-routes.ts'
import { absentBody, readJsonBodies } from './json-body.ts'
import { limits } from './limits.ts'
import { batchedLog, type LogDestination, loggerOptions, requestLine } from './log.ts'
import type { Metrics } from './metrics.ts'
import { answerOnSocket, parserError } from './parser-error.ts'
import { answerError } from './problem.ts'
import { newRequestId } from './request-id.ts'
import { createRouteList, type RouteList } from './route-list.ts'
import { compileSerializer } from './serialization.ts'
import { discardBody } from './unread-body.ts'
import { compileValidator } from './validation.ts'

/** On every answer. Routes that send something a browser shows replace the policy with their own. */
const headersOf = ({ id }: FastifyRequest) => ({
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-request-id': id,
})

/** What a request is called in log and metrics when no route is its. */
const noRoute = 'none'

export interface Server {
  readonly app: FastifyInstance
  readonly routes: RouteList
  /** Whether the server drains or closes: whoever asks if it is ready is told no. */
  readonly isLeaving: () => boolean
  /** From now on the server is leaving; all else is served as before, until it is closed. */
  readonly drain: () => void
}

/**
 * A Fastify instance with all that holds for every request, whatever its route: limits, the request's id, what is malformed, how
 * errors leave, one line in the log, the metrics, an end without losses.
 */
export function buildServer(config: Config, destination: LogDestination, metrics: Metrics): Server {
  const log = batchedLog(destination)
  const routes = createRouteList()
  let closing = false
  let draining = false
  const app = Fastify({
    logger: loggerOptions(config.logLevel, log),
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: newRequestId,
    trustProxy: config.trustedProxies.length > 0 ? [...config.trustedProxies] : false,
    bodyLimit: limits.bodyLimit,
    // Ids that are too long answer as others that nothing has.
    routerOptions: { maxParamLength: limits.maxHeaderBytes },
    connectionTimeout: limits.idleTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    http: { headersTimeout: limits.headersTimeoutMs, maxHeaderSize: limits.maxHeaderBytes, requireHostHeader: false },
    return503OnClosing: false,
    clientErrorHandler(error, socket) {
      const refusal = parserError(error)
      const requestId = newRequestId()
      if (error.code !== 'ECONNRESET') {
        app.log.info({ requestId, route: noRoute, status: refusal.status, address: socket.remoteAddress, code: refusal.code })
        metrics.request('none', noRoute, refusal.status, 0)
      }
      answerOnSocket(socket, refusal, requestId)
    },
    frameworkErrors(error, request, reply) {
      // Outside of every route there are no hooks and nothing is decorated.
      Object.assign(request, { route: {}, keyId: null, errorCode: null, address: clientAddress(request) })
      reply.headers(headersOf(request))
      answerError(error, request, reply)
      finish(request, reply, false)
    },
  })
  const logsRequests = config.logLevel === 'info' || config.logLevel === 'debug'

  app.setChildLoggerFactory((logger) => logger)
  app.setValidatorCompiler(compileValidator)
  app.setSerializerCompiler(compileSerializer)
  app.setErrorHandler(answerError)
  app.setNotFoundHandler((_request, _reply) => {
    throw noSuchPath()
  })
  readJsonBodies(app)
  // The system forgets the address of a connection that is reset; Node keeps it once it was asked for.
  app.server.on('connection', (socket) => void socket.remoteAddress)
  // A client that asks before it sends its body is told to only once the request may have one: see askForBody.
  app.server.on('checkContinue', (request, response) => {
    expecting.add(request)
    app.routing(request, response)
  })
  // Node would answer these itself, or not at all.
  app.server.on('checkExpectation', (request, response) => app.routing(request, response))
  app.server.on('connect', (_request, socket: Socket) => {
    answerOnSocket(socket, new LeafPadError('method_not_allowed', { detail: 'This is no proxy: there is no CONNECT.' }), newRequestId())
  })
  for (const name of ['route', 'actor', 'count', 'keyId', 'secretNumber', 'signedIn', 'errorCode', 'behalf'])
    app.decorateRequest(name, null)
  app.decorateRequest('address', '')

  app.addHook('onRoute', (route) => {
    routes.add(route)
    const bodyless = [route.method].flat().every((method) => method === 'GET' || method === 'HEAD')
    if (!bodyless) route.preParsing = [checkBody, ...[route.preParsing ?? []].flat(), askForBody]
  })

  app.addHook('onRequest', (request, reply, done) => {
    request.route = request.routeOptions.config
    request.address = clientAddress(request)
    reply.headers(headersOf(request))
    // Without its body being asked for, a client may send it or not: the next bytes could be either.
    if (expecting.has(request.raw)) reply.header('connection', 'close')
    done(refuseAtOnce(request))
  })

  app.addHook('onResponse', (request, reply, done) => {
    finish(request, reply, false)
    done()
  })

  app.addHook('onRequestAbort', (request, done) => {
    finish(request, undefined, true)
    done()
  })

  app.addHook('preClose', (done) => {
    closing = true
    const timer = setTimeout(() => app.server.closeAllConnections(), config.closeGraceMs)
    app.server.once('close', () => clearTimeout(timer))
    done()
  })
  app.addHook('onClose', (_app, done) => {
    log.flush()
    done()
  })

  function refuseAtOnce(request: FastifyRequest): LeafPadError | undefined {
    const { raw } = request
    if (closing && request.route.probe !== true) return shuttingDown()
    const doubled = doubledHeader(raw.rawHeaders)
    if (doubled !== undefined) {
      return new LeafPadError('duplicate_header', { detail: `The header ${doubled} may be sent once.`, members: { header: doubled } })
    }
    if (raw.headers.host === undefined && raw.httpVersion === '1.1') {
      return new LeafPadError('malformed_request', { detail: 'The header Host is missing (RFC 9112, section 3.2).' })
    }
    // Node takes what ends in "chunked", and would leave the codings before it in the body (RFC 9112, section 6.1).
    if ((raw.headers['transfer-encoding'] ?? 'chunked').toLowerCase() !== 'chunked') {
      return new LeafPadError('malformed_request', { detail: 'The Transfer-Encoding may be chunked and nothing else.' })
    }
    if ((raw.headers.expect ?? '100-continue').toLowerCase() !== '100-continue') {
      return new LeafPadError('malformed_request', { detail: 'The header Expect may be 100-continue and nothing else.' })
    }
    if (raw.url!.includes('%00')) return new LeafPadError('malformed_request', { detail: 'The URL has a NUL character.' })
    const { url, page } = request.route
    if (url !== undefined && page !== true) return undefined
    const allowed = routes.methodsOf(raw.url!.split('?', 1)[0]!)
    if (allowed.length === 0) return page === true && asksForPage(request) ? undefined : noSuchPath()
    return new LeafPadError('method_not_allowed', {
      detail: `This takes ${allowed.join(', ')}.`,
      members: { allowed },
      headers: { allow: allowed.join(', ') },
    })
  }

  function finish(request: FastifyRequest, reply: FastifyReply | undefined, aborted: boolean) {
    discardBody(request.raw, limits.maxDiscardedBytes)
    const { url = noRoute, probe } = request.route
    // 499, as nginx has it: the client was gone before the answer.
    const status = reply?.statusCode ?? 499
    const durationMs = reply?.elapsedTime ?? 0
    metrics.request(request.method, url, status, durationMs)
    if (logsRequests && probe !== true) log.write(requestLine(request, url, status, durationMs, aborted))
  }

  function drain() {
    draining = true
  }

  return { app, routes, isLeaving: () => draining || closing, drain }
}

function noSuchPath(): LeafPadError {
  return new LeafPadError('not_found', {
    detail: 'There is nothing here: this path is not known. Mind upper and lower case, and leave out a slash at its end.',
  })
}

/** Requests with `Expect: 100-continue` that were not told to continue. */
const expecting = new WeakSet<IncomingMessage>()

/** Sees to it that a body is there where one must be, is not encoded, and says what it is in a way that leaves no doubt. */
async function checkBody(request: FastifyRequest): Promise<void> {
  const { headers } = request.raw
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
  if (!hasBody) {
    request.body = absentBody(request)
    // Many clients name a type with every request; without a body it means nothing.
    delete headers['content-type']
    return
  }
  const encoding = headers['content-encoding']
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new LeafPadError('unsupported_media_type', { detail: 'The body must not be compressed. Leave Content-Encoding out.' })
  }
  headers['content-type'] = canonicalContentType(headers['content-type'], (essence) => request.server.hasContentTypeParser(essence))
}

/** Has a client that waits to be asked send its body; the last thing before it is read. */
async function askForBody(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (!expecting.delete(request.raw)) return
  reply.removeHeader('connection')
  reply.raw.writeContinue()
}
