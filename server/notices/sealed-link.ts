import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

const nonceBytes = 12
const tagBytes = 16

/**
 * A link with a token in it, so that who reads the database cannot open it: AES-256-GCM under a key of the session secret (HKDF, RFC 5869),
 * base64url.
 */
export function sealLink(sessionSecret: string, link: string): string {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', keyOf(sessionSecret), nonce)
  const text = Buffer.concat([cipher.update(link), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url')
}

/** The link that was sealed; undefined if that was done under another secret, or it was changed. */
export function openLink(sessionSecret: string, sealed: string): string | undefined {
  const bytes = Buffer.from(sealed, 'base64url')
  try {
    const decipher = createDecipheriv('aes-256-gcm', keyOf(sessionSecret), bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
    decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes))
    return decipher.update(bytes.subarray(nonceBytes + tagBytes)).toString() + decipher.final().toString()
  } catch {
    return undefined
  }
}

function keyOf(sessionSecret: string): Buffer {
  return Buffer.from(hkdfSync('sha256', sessionSecret, '', 'leafpad link in a notice', 32))
}
