import { hash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { decodeBase62, encodeBase62, isBase62, randomBase62 } from '../base62.ts'

const prefix = 'leafpad_'

/** The fewest base62 digits that hold 256 bits. */
const randomLength = 43

/** The fewest base62 digits that hold the 32 bits of a CRC32. */
const checksumLength = 6

const checkedLength = prefix.length + randomLength
const secretLength = checkedLength + checksumLength

export interface GeneratedSecret {
  /** 57 characters, which a scanner finds by `leafpad_[0-9A-Za-z]{49}`. Told once, kept nowhere. */
  readonly secret: string
  /** What is kept: see hashSecret. */
  readonly hash: string
  /** What people recognise it by. */
  readonly lastFour: string
}

/** A new secret: `leafpad_`, 43 random base62 digits (256 bits), then the CRC32 of all that as 6 base62 digits. */
export function generateSecret(): GeneratedSecret {
  const checked = prefix + randomBase62(randomLength)
  const secret = checked + encodeBase62(crc32(checked), checksumLength)
  return { secret, hash: sha256(secret), lastFour: secret.slice(-4) }
}

/**
 * What a secret is looked up by: its SHA-256, base64url without padding, 43 characters. Undefined for a text that no secret
 * can be: CRC32 finds every change within 32 neighbouring bits, so one mistyped character or two swapped neighbours are told
 * without asking anybody. No salt and no slow hash: 256 random bits cannot be guessed.
 */
export function hashSecret(text: string): string | undefined {
  if (text.length !== secretLength || !text.startsWith(prefix) || !isBase62(text, prefix.length, checkedLength)) return undefined
  if (decodeBase62(text, checkedLength, secretLength) !== crc32(text.slice(0, checkedLength))) return undefined
  return sha256(text)
}

function sha256(secret: string): string {
  return hash('sha256', secret, 'base64url')
}
