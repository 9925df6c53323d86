import { LeafPadError } from '../errors.ts'

const maxLength = 100

/** Control characters, line and paragraph separators, and what turns the direction of the text after it (Unicode TR 9, 2.1 to 2.5). */
const forbidden = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u

const visible = /[\p{L}\p{N}\p{P}\p{S}]/u

/**
 * The name of a person or an organization as it is kept: Unicode form C, without white space around it. Throws `invalid_body`
 * unless that is 1 to 100 characters (code points) of which one can be seen and none controls how text is shown.
 */
export function parseName(text: string, path = 'name'): string {
  const name = text.normalize('NFC').trim()
  const invalid = (message: string) =>
    new LeafPadError('invalid_body', { detail: `The "${path}" ${message}.`, members: { errors: [{ path, message }] } })
  if (!name.isWellFormed() || forbidden.test(name)) throw invalid('must not contain control characters or line breaks')
  if (!visible.test(name)) throw invalid('must have something to see')
  if ([...name].length > maxLength) throw invalid(`must have at most ${maxLength} characters`)
  return name
}
