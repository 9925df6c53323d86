import type { IncomingMessage } from 'node:http'

/**
 * Reads what is left of a body after the answer and drops it. Closing the connection on a client that still sends would reset it,
 * and the client would see that in place of the answer. Beyond `maxBytes` it is closed after all.
 */
export function discardBody(request: IncomingMessage, maxBytes: number): void {
  if (request.complete || request.destroyed) return
  let left = maxBytes
  request.unpipe()
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length
    if (left < 0) request.socket.destroy()
  })
  request.resume()
}
