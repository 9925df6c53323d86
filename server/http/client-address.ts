import { isIP } from 'node:net'
import type { FastifyRequest } from 'fastify'

/**
 * The client's address: the peer's, or, when the peer is a trusted proxy, the rightmost entry of X-Forwarded-For that no trusted
 * proxy wrote about itself. What is no address there is not believed: then it is the peer's. IPv4 is written as IPv4. Empty when the
 * client was gone before anybody could ask for its address.
 */
export function clientAddress(request: FastifyRequest): string {
  // Of a connection that was reset it is undefined, whatever its type says.
  const address = plain((request.ip as string | undefined) ?? '')
  return isIP(address) > 0 ? address : plain(request.socket.remoteAddress ?? '')
}

function plain(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address
}
