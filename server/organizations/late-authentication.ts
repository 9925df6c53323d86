import type { Authentication, AuthenticationOptions } from './authentication.ts'
import { findSession } from './find-session.ts'
import { expiredSessionCookie, findSessionToken, sessionCookieName } from './session-cookie.ts'

/**
 * What createAuthentication gives, but made, and better-auth loaded, at the first use of it: a server listens before that, which
 * takes it a fifth less time. To know a session by its cookie does without it.
 */
export function createLateAuthentication(options: AuthenticationOptions): Authentication & { load(): Promise<Authentication> } {
  const { database, config } = options
  const secure = new URL(config.publicUrl).protocol === 'https:'
  const cookie = { name: sessionCookieName(secure), secret: config.sessionSecret }
  let loading: Promise<Authentication> | undefined

  function load(): Promise<Authentication> {
    loading ??= import('./authentication.ts')
      .then(({ createAuthentication }) => createAuthentication(options))
      .catch((error) => {
        loading = undefined
        throw error
      })
    return loading
  }

  return {
    load,
    signIn: async (...given) => (await load()).signIn(...given),
    startSession: async (...given) => (await load()).startSession(...given),
    countAttempt: async (...given) => (await load()).countAttempt(...given),
    hashPassword: async (...given) => (await load()).hashPassword(...given),
    verifyPassword: async (...given) => (await load()).verifyPassword(...given),
    forgetSession: () => expiredSessionCookie(cookie.name, secure),
    async findSession({ cookie: cookieHeader }) {
      const token = findSessionToken(cookieHeader, cookie)
      return token === undefined ? undefined : findSession(database, token)
    },
  }
}
