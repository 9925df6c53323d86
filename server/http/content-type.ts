import { LeafPadError } from '../errors.ts'
import { parseMediaType } from './media-type.ts'

/** RFC 2046, section 5.1.1. */
const boundaryPattern = /^[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]$/

/** All that any route takes, in the order in which they are told. */
const bodyTypes = ['application/json', 'multipart/form-data']

/**
 * The Content-Type of a request in one canonical spelling, for everything that reads it later to understand it alike. Throws
 * `unsupported_media_type` for what is malformed, has parameters beyond `charset=utf-8` and a multipart boundary, or is none
 * of what the route takes.
 * @param accepts whether the route takes a `type/subtype`
 */
export function canonicalContentType(value: string | undefined, accepts: (essence: string) => boolean): string {
  if (value === undefined) throw unsupported('The request has a body but no Content-Type. Say what it is, such as application/json.')
  const mediaType = parseMediaType(value)
  if (mediaType === undefined) throw unsupported('The Content-Type is malformed. Write it as in "application/json".')
  const { essence, parameters } = mediaType
  if (!accepts(essence)) {
    const taken = bodyTypes.filter(accepts).join(' or ')
    throw unsupported(`This does not take ${essence}, but ${taken}. Say so with the header "Content-Type: application/json".`)
  }
  for (const [name, text] of parameters) {
    if (name === 'charset' && text.toLowerCase() === 'utf-8') continue
    if (name === 'charset') throw unsupported('The body must be UTF-8. Leave the charset out of the Content-Type.')
    if (name !== 'boundary' || !essence.startsWith('multipart/')) {
      throw unsupported('The Content-Type has a parameter that is not known here. Leave it out.')
    }
  }
  if (!essence.startsWith('multipart/')) return essence
  const boundary = parameters.get('boundary')
  if (boundary === undefined || !boundaryPattern.test(boundary)) {
    throw unsupported('The Content-Type of a multipart body needs a boundary of 1 to 70 characters (RFC 2046, section 5.1.1).')
  }
  return `${essence}; boundary="${boundary}"`
}

function unsupported(detail: string): LeafPadError {
  return new LeafPadError('unsupported_media_type', { detail })
}
