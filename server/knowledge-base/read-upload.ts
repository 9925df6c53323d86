import { finished, type Readable } from 'node:stream'
import { LeafPadError } from '../errors.ts'
import { checkContent } from './check-content.ts'
import { createDelimiterScan } from './delimiter-scan.ts'
import { readFileKind } from './file-kind.ts'
import { checkFileName } from './file-name.ts'

/** A part of a multipart body as it arrives, its content not read yet. */
export interface Part {
  readonly fieldname?: string
  readonly filename?: string
  readonly file?: Readable
}

/** A multipart body that nobody has begun to read. */
export interface MultipartBody {
  /** All of it, as it comes from the connection. */
  readonly bytes: Readable
  /** As the Content-Type says. */
  readonly boundary: string | undefined
  /** What a parser makes of it, which reads `bytes` once it is asked for the first part. */
  readonly parts: AsyncIterator<Part>
}

export interface Upload {
  readonly fileName: string
  /** Read from the connection as it is asked for. Ends only when the whole body was as it must be, and throws otherwise. */
  readonly content: AsyncIterable<Uint8Array>
}

/**
 * The file of a multipart body (RFC 7578) that has one part, `file`, with a name, and nothing else. Resolves when that part
 * begins. Throws, here or out of `content`, `malformed_multipart`, `invalid_file_name`, `unsupported_media_type`, and what
 * checkContent throws.
 */
export async function readUpload({ bytes, boundary, parts }: MultipartBody, maxBytes: number): Promise<Upload> {
  if (boundary === undefined) throw malformed('The Content-Type has no boundary. Let your HTTP client set this header itself.')
  // Both begin to read in this turn of the event loop, so that they see the same.
  const readEnd = watchEnd(bytes, boundary)
  const part = await nextPart(parts)
  if (part === undefined) throw malformed('There is no part "file". Send the file as a part of this name.')
  try {
    if (part.fieldname !== 'file')
      throw malformed(`There is no field ${quote(part.fieldname)} here. Send one part, "file", and nothing else.`)
    if (part.file === undefined || part.filename === undefined || part.filename === '') {
      throw malformed('The part "file" has no file name. Send it as a file: with a filename in its Content-Disposition.')
    }
    const fileName = checkFileName(part.filename)
    readFileKind(fileName)
    return { fileName, content: checkContent(fileName, wholePart(part.file, parts, readEnd), maxBytes) }
  } catch (error) {
    part.file?.destroy()
    throw error
  }
}

/** The content of the only part, with the end of the body after it. */
async function* wholePart(content: Readable, parts: AsyncIterator<Part>, readEnd: () => Promise<void>): AsyncGenerator<Uint8Array> {
  const chunks = content[Symbol.asyncIterator]()
  try {
    for (;;) {
      const { done, value } = await chunks.next().catch((error) => {
        throw malformedBy(error)
      })
      if (done) break
      yield value
    }
  } finally {
    await chunks.return?.()
  }
  const second = await nextPart(parts)
  if (second === undefined) return readEnd()
  second.file?.destroy()
  throw malformed(
    second.fieldname === 'file'
      ? 'There is a second part "file". Send one file a request.'
      : `There is no field ${quote(second.fieldname)} here. Send one part, "file", and nothing else.`,
  )
}

/**
 * Looks on while a body is read, and returns what reads the rest of it: that rejects when there was more in the body than the part,
 * which the parser may have left out without a word.
 */
function watchEnd(bytes: Readable, boundary: string): () => Promise<void> {
  const scan = createDelimiterScan(boundary)
  const ended = Promise.withResolvers<void>()
  bytes.on('data', (chunk: Buffer) => {
    scan.push(chunk)
    if (scan.isTooLong()) ended.resolve()
  })
  finished(bytes, { writable: false }, (error) => (error ? ended.reject(malformedBy(error)) : ended.resolve()))
  // Nobody waits for it when the part was refused.
  ended.promise.catch(() => {})
  return async () => {
    bytes.resume()
    await ended.promise
    const problem = scan.problem()
    if (problem !== undefined) throw malformed(problem)
  }
}

async function nextPart(parts: AsyncIterator<Part>): Promise<Part | undefined> {
  try {
    const { done, value } = await parts.next()
    return done ? undefined : value
  } catch (error) {
    throw malformedBy(error)
  }
}

function quote(name: string | undefined): string {
  return JSON.stringify((name ?? '').slice(0, 100))
}

function malformed(detail: string, cause?: unknown): LeafPadError {
  return new LeafPadError('malformed_multipart', { detail }, cause)
}

/** What the parser throws is about the body: all else, such as a full disk, happens to who reads `content`. */
function malformedBy(cause: unknown): LeafPadError {
  const { message } = cause as Error
  if (/limit/i.test(message)) return malformed('There are more parts than one. Send one part, "file", and nothing else.', cause)
  if (/prototype/i.test(message))
    return malformed('There is a field here that must not be. Send one part, "file", and nothing else.', cause)
  return malformed('The body ends before its last boundary, or the boundary is not the one in the Content-Type. Send it whole.', cause)
}
