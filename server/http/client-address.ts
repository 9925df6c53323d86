import type { FastifyRequest } from 'fastify'
import { canonicalAddress } from '../networks.ts'

/**
 * The client's address: the peer's, or, when the peer is a trusted proxy, the rightmost entry of X-Forwarded-For that no trusted
 * proxy wrote about itself. What is no address there is not believed: then it is the peer's. Every address has one form: IPv4 is written
 * as IPv4, IPv6 as short as it can be and without a zone. Empty when the client was gone before anybody could ask for its address.
 */
export function clientAddress(request: FastifyRequest): string {
  // Of a connection that was reset it is undefined, whatever its type says.
  const address = (request.ip as string | undefined) ?? ''
  return canonicalAddress(address) ?? canonicalAddress(request.socket.remoteAddress ?? '') ?? ''
}
