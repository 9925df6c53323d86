import { LeafPadError } from '../errors.ts'
import { textFileName } from './file-name.ts'

/** A text to be kept as a file. */
export interface SentText {
  /** UTF-8, in one piece. */
  readonly content: readonly [Uint8Array]
  /** Ends in `.txt`; undefined when none was sent. */
  readonly fileName: string | undefined
}

/**
 * The longest JSON body: all of it is in memory, together with what is made of it. Of text that is mostly ASCII nearly as much; where
 * each character is escaped, a sixth.
 */
export const maxJsonBytes = 1_048_576

const fields: readonly string[] = ['text', 'fileName']

/**
 * The text of a JSON body `{text, fileName?}`. Checked here and not by the route's schema, because which of a route's schemas
 * holds would be for the `Content-Type` header to say. Throws `invalid_body`, `invalid_text`, `invalid_file_name`, or
 * `body_too_large` for more than `maxBytes` of UTF-8.
 */
export function readText(body: unknown, maxBytes: number): SentText {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw invalid('Send a JSON object with a "text", or multipart/form-data with a "file".')
  }
  const unknown = Object.keys(body).filter((name) => !fields.includes(name))
  if (unknown.length > 0) {
    throw invalid(`There is no field ${unknown.slice(0, 10).map(quote).join(', ')} here. The fields are "text" and "fileName".`)
  }
  const { text, fileName } = body as { text?: unknown; fileName?: unknown }
  if (typeof text !== 'string') throw invalid('The field "text" must be there and be a string.')
  if (fileName !== undefined && typeof fileName !== 'string') throw invalid('The field "fileName" must be a string. Leave it out for none.')
  if (!/\S/.test(text)) throw refused('The text is empty or only white space. Send some text.')
  if (!text.isWellFormed()) throw refused('The text is not valid Unicode: it has half of a surrogate pair. Send whole characters.')
  if (text.includes('\0')) throw refused('The text has a NUL character. Send it without.')
  // The length in UTF-16 units is never above the one in bytes, so a text that is far too large is not encoded.
  const content = text.length > maxBytes ? undefined : Buffer.from(text)
  if (content === undefined || content.byteLength > maxBytes) {
    throw new LeafPadError('body_too_large', {
      detail: `The text has more than ${maxBytes} bytes of UTF-8. Send a shorter one, or split it.`,
      members: { maxBytes },
    })
  }
  return { content: [content], fileName: fileName === undefined ? undefined : textFileName(fileName) }
}

export function jsonTooLarge(): LeafPadError {
  return new LeafPadError('body_too_large', {
    detail: `A JSON body may have at most ${maxJsonBytes} bytes here. Send a longer text as a file: with multipart/form-data, as the part "file".`,
    members: { maxBytes: maxJsonBytes },
  })
}

function quote(name: string): string {
  return JSON.stringify(name.slice(0, 100).toWellFormed())
}

function invalid(detail: string): LeafPadError {
  return new LeafPadError('invalid_body', { detail })
}

function refused(detail: string): LeafPadError {
  return new LeafPadError('invalid_text', { detail })
}
