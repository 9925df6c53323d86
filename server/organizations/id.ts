import { randomBytes } from 'node:crypto'

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** The largest multiple of 62 in a byte: bytes from it on are thrown away, so that every character is equally likely. */
const fairBytes = 248

const randomLength = 20

/** A new id: its kind, an underscore and 20 random base62 characters (119 bits). */
export function newId(kind: string): string {
  let random = ''
  while (random.length < randomLength) {
    for (const byte of randomBytes(randomLength + 8)) {
      if (byte < fairBytes && random.length < randomLength) random += alphabet[byte % 62]
    }
  }
  return `${kind}_${random}`
}
