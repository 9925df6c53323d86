import type { IncomingHttpHeaders } from 'node:http'
import { LeafPadError } from '../errors.ts'

/**
 * The secret a request carries, in `x-api-key` or as `Authorization: Bearer`; undefined when it carries none. Throws
 * `conflicting_credentials` for two that differ, and `missing_credential` for an Authorization of another scheme alone: who
 * sends one means to authenticate. That no header came twice has been seen to before.
 */
export function readSecret(headers: IncomingHttpHeaders): string | undefined {
  const secret = headers['x-api-key'] as string | undefined
  const { authorization } = headers
  if (authorization === undefined) return secret
  const bearer = /^bearer +(\S+)$/i.exec(authorization)?.[1]
  if (secret === undefined) {
    if (bearer === undefined) throw missingCredential('The Authorization header is not of the form "Bearer <API key>".')
    return bearer
  }
  if (bearer !== undefined && bearer !== secret) {
    throw new LeafPadError('conflicting_credentials', {
      detail: 'x-api-key and Authorization carry different API keys. Send one key, in one of the two.',
    })
  }
  return secret
}

/** The answer to a request without a key, saying how to send one. RFC 6750, section 3: the challenge names no error then. */
export function missingCredential(reason = 'The request carries no API key.'): LeafPadError {
  return new LeafPadError('missing_credential', {
    detail: `${reason} Send one in the header "x-api-key", or as "Authorization: Bearer <API key>". Keys are made in Settings → API Keys.`,
    headers: { 'www-authenticate': 'Bearer realm="leafpad"' },
  })
}
