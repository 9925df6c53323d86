import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { LeafPadError } from '../errors.ts'
import { limits } from './limits.ts'
import { problemOf } from './problem.ts'

/** A request that Node's HTTP parser refused, before there was a request to speak of. */
export function parserError(error: { readonly code?: string }): LeafPadError {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return new LeafPadError('headers_too_large', {
        detail: `All headers together may have at most ${limits.maxHeaderBytes} bytes.`,
        members: { maxBytes: limits.maxHeaderBytes },
      })
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new LeafPadError('request_timeout', {
        detail: `The headers must be here within ${limits.headersTimeoutMs / 1000} s and the body within ${limits.requestTimeoutMs / 1000} s.`,
      })
    default:
      return new LeafPadError('malformed_request', { detail: 'The request is not valid HTTP/1.1.' })
  }
}

/** What Node keeps with a socket while there is a request on it. */
interface InUse extends Socket {
  readonly _httpMessage?: ServerResponse | null
}

/**
 * Answers on the bare socket and ends the connection. Where an answer is under way there already, it is cut off; where one is still to
 * come to a request that is here as a whole, that is the last one: a client which sends on before it has its answers must not take this
 * one for it.
 */
export function answerOnSocket(socket: InUse, error: LeafPadError, requestId: string): void {
  const pending = socket._httpMessage
  if (pending?.req.complete && !pending.headersSent) {
    pending.shouldKeepAlive = false
    return
  }
  if (!socket.writable || pending?.headersSent === true) {
    socket.destroy()
    return
  }
  const body = JSON.stringify(problemOf(error, requestId))
  const head = [
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}`,
    'Connection: close',
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    `X-Request-Id: ${requestId}`,
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
