import { LeafPadError } from '../errors.ts'

export const maxNameLength = 100

/**
 * Control characters, line and paragraph separators, and what turns the direction of the text after it (Unicode TR 9, 2.1 to
 * 2.5).
 */
const forbidden = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u

const visible = /[\p{L}\p{N}\p{P}\p{S}]/u

/**
 * The name of a key as it is kept: Unicode form C, without white space around it. Throws `invalid_body` unless that is 1 to 100
 * characters (code points) of which one can be seen and none controls how text is shown.
 */
export function parseKeyName(text: string): string {
  const name = text.normalize('NFC').trim()
  if (!name.isWellFormed() || forbidden.test(name)) {
    throw invalidName('must not contain control characters, line breaks, or characters that change the direction of text')
  }
  const { length } = [...name]
  if (length > maxNameLength) throw invalidName(`has ${length} characters, of which there may be ${maxNameLength}`)
  if (!visible.test(name)) throw invalidName('must have something to see, which tells this key from the others')
  return name
}

function invalidName(message: string): LeafPadError {
  return new LeafPadError('invalid_body', { detail: `The "name" ${message}.`, members: { errors: [{ path: 'name', message }] } })
}
