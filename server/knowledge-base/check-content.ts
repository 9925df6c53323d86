import { LeafPadError } from '../errors.ts'
import { readFileKind } from './file-kind.ts'

const pdfBeginning = Buffer.from('%PDF-')

/**
 * Passes content on while it is what its file's name says: at most `maxBytes` of it and not empty; text in UTF-8 without NUL
 * bytes; a PDF that begins with `%PDF-`. Throws `body_too_large`, `empty_file` or `content_mismatch` at the first byte that
 * breaks this, so what has been passed on until then must be given up.
 */
export async function* checkContent(
  fileName: string,
  content: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const check = readFileKind(fileName).isText ? checkText() : checkPdf()
  let size = 0
  for await (const chunk of content) {
    size += chunk.byteLength
    if (size > maxBytes) throw fileTooLarge(maxBytes)
    check.next(chunk)
    yield chunk
  }
  if (size === 0) throw new LeafPadError('empty_file', { detail: 'The file has no content. Send one that has.' })
  check.end()
}

export function fileTooLarge(maxBytes: number): LeafPadError {
  return new LeafPadError('body_too_large', {
    detail: `The file has more than ${maxBytes} bytes. Send a smaller one, or split it.`,
    members: { maxBytes },
  })
}

interface Check {
  next(chunk: Uint8Array): void
  end(): void
}

function checkText(): Check {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const decode = (chunk?: Uint8Array) => {
    try {
      decoder.decode(chunk, { stream: chunk !== undefined })
    } catch (error) {
      throw mismatch('The file is not text in UTF-8. Save it as UTF-8 and send it again.', error)
    }
  }
  return {
    next(chunk) {
      if (chunk.includes(0)) throw mismatch('The file has a NUL byte, which text does not have. Send text in UTF-8, without it.')
      decode(chunk)
    },
    end: () => decode(),
  }
}

function checkPdf(): Check {
  let seen = 0
  const mismatched = () => mismatch('The file does not begin with %PDF-, as a PDF does. Send a PDF, or name it after what it is.')
  return {
    next(chunk) {
      const beginning = chunk.subarray(0, pdfBeginning.length - seen)
      if (!pdfBeginning.subarray(seen, seen + beginning.length).equals(beginning)) throw mismatched()
      seen += beginning.length
    },
    end() {
      if (seen < pdfBeginning.length) throw mismatched()
    },
  }
}

function mismatch(detail: string, cause?: unknown): LeafPadError {
  return new LeafPadError('content_mismatch', { detail }, cause)
}
