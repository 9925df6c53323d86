import { randomBytes } from 'node:crypto'

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Character code → its value, -1 for what is no digit. */
const values = new Int8Array(128).fill(-1)
for (let value = 0; value < alphabet.length; value++) values[alphabet.charCodeAt(value)] = value

/** Bytes from here on would make the first digits likelier than the last, so they are thrown away. */
const firstUnfairByte = 256 - (256 % alphabet.length)

/** `length` digits from the system's cryptographic randomness, each of the 62 as likely as any other: 5.95 bits a digit. */
export function randomBase62(length: number): string {
  let text = ''
  while (text.length < length) {
    for (const byte of randomBytes(length + 8)) {
      if (byte < firstUnfairByte && text.length < length) text += alphabet[byte % alphabet.length]
    }
  }
  return text
}

/** A non-negative integer below 62^length as exactly `length` digits, the most significant first. */
export function encodeBase62(value: number, length: number): string {
  let text = ''
  for (let rest = value; text.length < length; rest = Math.floor(rest / alphabet.length)) text = alphabet[rest % alphabet.length] + text
  return text
}

/**
 * The integer that the digits in `text` from `start` up to `end` stand for, exact up to 8 digits; NaN if one of them is no
 * digit.
 */
export function decodeBase62(text: string, start: number, end: number): number {
  let result = 0
  for (let index = start; index < end; index++) {
    const code = text.charCodeAt(index)
    const value = code < 128 ? values[code]! : -1
    if (value < 0) return Number.NaN
    result = result * alphabet.length + value
  }
  return result
}

/** Whether `text` from `start` up to `end` is nothing but digits. */
export function isBase62(text: string, start: number, end: number): boolean {
  for (let index = start; index < end; index++) {
    const code = text.charCodeAt(index)
    if (code >= 128 || values[code]! < 0) return false
  }
  return true
}
