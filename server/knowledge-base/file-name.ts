import { LeafPadError } from '../errors.ts'

/** Longest name of a file in bytes of UTF-8: what file systems take. */
export const maxFileNameBytes = 255

/**
 * What a name must not have, and how to say so. The bidirectional controls can show `gpj.exe` as `exe.jpg`
 * (Unicode Technical Report 36, section 2.2).
 */
const forbidden: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/[/\\]/, 'a slash or backslash'],
  [/[\p{Cc}\u2028\u2029]/u, 'a control character'],
  [/[\u202a-\u202e\u2066-\u2069]/, 'a character that turns the direction of writing'],
  [/\ufffd/, 'a character that could not be decoded; send it as UTF-8'],
]

/** Whether a file may have this name: the name itself, unchanged. Throws `invalid_file_name`, saying what is wrong with it. */
export function checkFileName(name: string): string {
  if (name.trim() === '') throw invalid('is empty')
  if (!name.isWellFormed()) throw invalid('is not valid Unicode: it has half of a surrogate pair')
  if (Buffer.byteLength(name) > maxFileNameBytes) throw invalid(`has more than ${maxFileNameBytes} bytes of UTF-8`)
  const found = forbidden.find(([pattern]) => pattern.test(name))
  if (found !== undefined) throw invalid(`has ${found[1]}`)
  return name
}

/** The name a text is kept under: `.txt` is put at its end unless it is there, and counts for its length. Throws as checkFileName does. */
export function textFileName(name: string): string {
  checkFileName(name)
  return name.toLowerCase().endsWith('.txt') ? name : checkFileName(`${name}.txt`)
}

function invalid(what: string): LeafPadError {
  return new LeafPadError('invalid_file_name', { detail: `The name of the file ${what}. Give it another name.` })
}
