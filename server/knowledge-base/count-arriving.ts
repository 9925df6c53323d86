import { type Readable, Transform } from 'node:stream'
import type { Arrival } from './arrivals.ts'
import { jsonTooLarge, maxJsonBytes } from './read-text.ts'

/**
 * A JSON body of unknown length, which takes room for each piece as it arrives. It fails with `body_too_large` at the first byte that
 * is too many, and with `overloaded` where there is no room.
 */
export function countArriving(body: Readable, arrival: Arrival): Readable {
  let size = 0
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length
      try {
        if (size > maxJsonBytes) throw jsonTooLarge()
        arrival.take(chunk.length)
      } catch (error) {
        done(error as Error)
        return
      }
      done(null, chunk)
    },
  })
  // A pipe does not pass this on: without it, who waits for the body of a client that hung up would wait for ever.
  body.once('error', (error) => counted.destroy(error))
  return body.pipe(counted)
}
