import { createHmac, timingSafeEqual } from 'node:crypto'

/**
 * The session's token in a Cookie header, or undefined when there is none or its signature is not ours. The cookie is better-auth's:
 * `token.signature`, percent-encoded, where the signature is the token's HMAC-SHA-256 in padded base64. Several that differ are none:
 * another site of the same domain may have set one, to have somebody work in a session that is not theirs.
 */
export function findSessionToken(
  cookieHeader: string | undefined,
  { name, secret }: { readonly name: string; readonly secret: string },
): string | undefined {
  const values = new Set<string>()
  for (const pair of (cookieHeader ?? '').split(';')) {
    const equals = pair.indexOf('=')
    if (equals >= 0 && pair.slice(0, equals).trim() === name) values.add(pair.slice(equals + 1).trim())
  }
  const [value, ...others] = values
  return value === undefined || others.length > 0 ? undefined : verify(decode(value), secret)
}

/**
 * The name of the session's cookie. With `__Host-` a browser takes it only over https, for this very host and all its paths, so that no
 * other host can set it (RFC 6265bis, section 4.1.3.2).
 */
export function sessionCookieName(secure: boolean): string {
  return `${secure ? '__Host-' : ''}leafpad.session_token`
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
