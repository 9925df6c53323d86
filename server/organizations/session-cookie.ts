import { createHmac, timingSafeEqual } from 'node:crypto'

/**
 * The session's token in a Cookie header, or undefined when there is none or its signature is not ours. The cookie is better-auth's:
 * `token.signature`, percent-encoded, where the signature is the token's HMAC-SHA-256 in padded base64.
 */
export function findSessionToken(
  cookieHeader: string | undefined,
  { name, secret }: { readonly name: string; readonly secret: string },
): string | undefined {
  for (const pair of (cookieHeader ?? '').split(';')) {
    const equals = pair.indexOf('=')
    if (equals < 0 || pair.slice(0, equals).trim() !== name) continue
    const token = verify(decode(pair.slice(equals + 1).trim()), secret)
    if (token !== undefined) return token
  }
  return undefined
}

/** The Set-Cookie header that makes a browser forget the session. */
export function expiredSessionCookie(name: string, secure: boolean): string {
  return `${name}=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`
}

function verify(value: string, secret: string): string | undefined {
  const dot = value.lastIndexOf('.')
  if (dot < 1) return undefined
  const token = value.slice(0, dot)
  const expected = Buffer.from(createHmac('sha256', secret).update(token).digest('base64'))
  const given = Buffer.from(value.slice(dot + 1))
  return given.length === expected.length && timingSafeEqual(given, expected) ? token : undefined
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return ''
  }
}
