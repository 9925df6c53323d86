import type { IncomingHttpHeaders } from 'node:http'

/** Where a browser says a request comes from: this very origin, elsewhere, or it says nothing. */
export type Provenance = 'same' | 'other' | 'unsaid'

/**
 * Reads Sec-Fetch-Site, Origin and Referer, which no page can forge. Those that are there must agree that it is the same origin; a site
 * that merely shares the domain is another one. `none`, a request the user made without a page, proves nothing about a page and counts
 * as other.
 *
 * Over plain HTTP, save to this very machine, browsers send no Sec-Fetch-Site, and with a GET no Origin either: there the Referer says
 * it, which our pages have sent to their own origin alone (Referrer-Policy: same-origin). Another page can leave it out, not change it.
 * @param origin scheme, host and port of the address people use
 */
export function provenanceOf(headers: IncomingHttpHeaders, origin: string): Provenance {
  const { 'sec-fetch-site': site, origin: said, referer } = headers
  if (site !== undefined && site !== 'same-origin') return 'other'
  if (said !== undefined && said !== origin) return 'other'
  if (site !== undefined || said !== undefined) return 'same'
  if (referer === undefined) return 'unsaid'
  return URL.canParse(referer) && new URL(referer).origin === origin ? 'same' : 'other'
}
