import { LeafPadError } from '../errors.ts'

export const maxNameLength = 100

/**
 * Control characters, line and paragraph separators, and what turns the direction of the text after it (Unicode TR 9, 2.1 to
 * 2.5).
 */
const forbidden = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u

const visible = /[\p{L}\p{N}\p{P}\p{S}]/u

/** The name of a key as it is kept: a line of at most 100 characters. Throws as parseLine does. */
export function parseKeyName(text: string): string {
  return parseLine('name', text, maxNameLength)
}

/**
 * A line of text about a key as it is kept: Unicode form C, without white space around it. Throws `invalid_body` unless that is 1 to
 * `maxLength` characters (code points) of which one can be seen and none controls how text is shown.
 * @param path the field it is in
 */
export function parseLine(path: string, text: string, maxLength: number): string {
  const line = text.normalize('NFC').trim()
  const invalid = (message: string) =>
    new LeafPadError('invalid_body', { detail: `The "${path}" ${message}.`, members: { errors: [{ path, message }] } })
  if (!line.isWellFormed() || forbidden.test(line)) {
    throw invalid('must not contain control characters, line breaks, or characters that change the direction of text')
  }
  const { length } = [...line]
  if (length > maxLength) throw invalid(`has ${length} characters, of which there may be ${maxLength}`)
  if (!visible.test(line)) throw invalid('must have something to see')
  return line
}
