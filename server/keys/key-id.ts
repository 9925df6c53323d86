import { randomBase62 } from '../base62.ts'

const pattern = /^key_[0-9A-Za-z]{1,64}$/

/** A new id of a key: `key_` and 24 random base62 digits, 143 bits. No secret, and never the same as another's. */
export function generateKeyId(): string {
  return `key_${randomBase62(24)}`
}

/**
 * Whether a text has the shape of a key's id. What has not is nobody's key, and is not sent to the database, which refuses
 * some characters.
 */
export function isKeyId(text: string): boolean {
  return pattern.test(text)
}
