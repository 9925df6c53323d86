import { type Readable, Transform } from 'node:stream'
import { LeafPadError } from '../errors.ts'
import type { ByteShare } from './byte-budget.ts'

/** A body of unknown length, which takes of a budget what arrives of it. It fails with `overloaded` when there is not so much left. */
export function countArriving(body: Readable, share: ByteShare): Readable {
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (share.take(chunk.length)) done(null, chunk)
      else done(tooManyLongTexts())
    },
  })
  // A pipe does not pass this on: without it, who waits for the body of a client that hung up would wait for ever.
  body.once('error', (error) => counted.destroy(error))
  return body.pipe(counted)
}

export function tooManyLongTexts(): LeafPadError {
  return new LeafPadError('overloaded', {
    detail: 'Too many long texts are being sent at once. Try again in a moment, or send the text as a file.',
    headers: { 'retry-after': '1' },
  })
}
