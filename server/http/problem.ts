import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { isUnavailable } from '../database/unavailable.ts'
import { type ErrorCode, LeafPadError } from '../errors.ts'
import { errorForLog } from './log.ts'
import { invalidInput } from './validation.ts'

/** Codes whose type is registered elsewhere (draft-ietf-httpapi-ratelimit-headers-11, section 6). */
const registeredTypes: Partial<Record<ErrorCode, string>> = {
  quota_exceeded: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
}

/** The body of an error's answer, as RFC 9457 has it. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: ErrorCode
  readonly requestId: string
}

export function problemOf(error: LeafPadError, requestId: string): Problem {
  return {
    type: registeredTypes[error.code] ?? `urn:leafpad:error:${error.code}`,
    title: error.title,
    status: error.status,
    detail: error.answer.detail ?? `${error.title}.`,
    code: error.code,
    requestId,
    ...error.answer.members,
  }
}

/**
 * Answers a request that failed. What LeafPad or Fastify refused says why; a database that cannot be asked is a `503`; all else
 * is a constant `500` that tells nothing. The log has what the answer has not.
 */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const leaving = leavingError(error, request)
  request.errorCode = leaving.code
  if (leaving.status >= 500) logFailure(leaving, error, request)
  // Fastify would close the connection on a body it refuses; its rest is read and dropped instead, for the client to get this answer.
  if ((error as FastifyError).code?.startsWith('FST_ERR_CTP_')) reply.removeHeader('connection')
  reply.removeHeader('content-disposition').removeHeader('etag')
  reply.code(leaving.status)
  if (leaving.answer.headers !== undefined) reply.headers(leaving.answer.headers)
  reply.header('cache-control', 'no-store').header('content-type', 'application/problem+json')
  // Fastify adds a charset to a string, which this media type has not.
  reply.send(Buffer.from(JSON.stringify(problemOf(leaving, request.id))))
}

function leavingError(error: unknown, request: FastifyRequest): LeafPadError {
  if (error instanceof LeafPadError) return error
  if (isUnavailable(error)) {
    return new LeafPadError(
      'database_unavailable',
      { detail: 'The database cannot be asked right now. Nothing is wrong with the request: try again.', headers: { 'retry-after': '1' } },
      error,
    )
  }
  return (error instanceof Error && ofFastify(error as FastifyError, request)) || new LeafPadError('internal_error', internal, error)
}

const internal = { detail: 'Something went wrong in the server. Its log has the reason, under the request id.' }

/** What an error of Fastify or one of its plugins stands for; undefined for one that is not the client's doing. */
function ofFastify(error: FastifyError, request: FastifyRequest): LeafPadError | undefined {
  if (error.validation !== undefined) return invalidInput(error)
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
    case 'FST_REQ_FILE_TOO_LARGE': {
      const maxBytes = request.routeOptions.bodyLimit
      return new LeafPadError('body_too_large', { detail: `The body may have at most ${maxBytes} bytes here.`, members: { maxBytes } })
    }
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_INVALID_MULTIPART_CONTENT_TYPE':
      return new LeafPadError('unsupported_media_type', { detail: 'This does not take a body of that Content-Type.' })
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new LeafPadError('malformed_request', { detail: 'The body is shorter or longer than its Content-Length.' })
    case 'FST_PARTS_LIMIT':
    case 'FST_FILES_LIMIT':
    case 'FST_FIELDS_LIMIT':
      return new LeafPadError('malformed_multipart', { detail: 'The body has too many parts.' })
    case 'FST_MP_PREMATURE_CLOSE':
    case 'FST_PROTO_VIOLATION':
      return new LeafPadError('malformed_multipart', {
        detail: 'The multipart body ends early or names a part in a way that is not accepted.',
      })
    case 'FST_ERR_BAD_URL':
      return new LeafPadError('malformed_request', { detail: 'The path is not valid percent-encoded UTF-8.' })
    // An id that long does not exist, and answers like others that do not.
    case 'FST_ERR_MAX_PARAM_LENGTH':
    case 'FST_ERR_NOT_FOUND':
      return new LeafPadError('not_found')
    // The client went away in the middle of its body.
    case 'ECONNRESET':
    case 'ECONNABORTED':
      return request.raw.aborted ? new LeafPadError('malformed_request', { detail: 'The body ended early.' }) : undefined
    default:
      return undefined
  }
}

function logFailure(leaving: LeafPadError, error: unknown, request: FastifyRequest) {
  const cause = leaving.cause ?? error
  // Too much to do is told by the metrics: a line of its own for each would make it more.
  if (leaving.code === 'overloaded' || leaving.code === 'shutting_down') return
  request.log.error({ requestId: request.id, code: leaving.code, error: errorForLog(cause) }, leaving.title)
}
