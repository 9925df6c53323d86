import { STATUS_CODES } from 'node:http'
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

/** Answers on the bare socket, unless an answer is already under way there, and ends the connection. */
export function answerOnSocket(socket: Socket, error: LeafPadError, requestId: string): void {
  const begun = (socket as Socket & { _httpMessage?: { headersSent: boolean } | null })._httpMessage?.headersSent === true
  if (!socket.writable || begun) {
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
