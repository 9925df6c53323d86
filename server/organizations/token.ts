import { createHash, randomBytes } from 'node:crypto'

/** A new token for a link: 256 random bits, base64url, 43 characters. Told once; only its hash is kept. */
export function newToken(): string {
  return randomBytes(32).toString('base64url')
}

/** What is stored of a token: its SHA-256, base64url, 43 characters. Tokens are random, so that no salt is needed. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}
