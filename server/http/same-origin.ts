import type { IncomingHttpHeaders } from 'node:http'

/** Where a browser says a request comes from: this very origin, elsewhere, or it says nothing. */
export type Provenance = 'same' | 'other' | 'unsaid'

/**
 * Reads Sec-Fetch-Site and Origin, which no page can forge. Both must agree that it is the same origin; a site that merely shares
 * the domain is another one. `none`, a request the user made without a page, proves nothing about a page and counts as other.
 * @param origin scheme, host and port of the address people use
 */
export function provenanceOf(headers: IncomingHttpHeaders, origin: string): Provenance {
  const site = headers['sec-fetch-site']
  if (site === undefined && headers.origin === undefined) return 'unsaid'
  if (site !== undefined && site !== 'same-origin') return 'other'
  if (headers.origin !== undefined && headers.origin !== origin) return 'other'
  return 'same'
}
