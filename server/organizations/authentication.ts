import { createAuthEndpoint } from 'better-auth/api'
import { setSessionCookie } from 'better-auth/cookies'
import { hashPassword, verifyPassword } from 'better-auth/crypto'
import { getAdapter } from 'better-auth/db/adapter'
import { betterAuth } from 'better-auth/minimal'
import { organization } from 'better-auth/plugins/organization'
import type { BetterAuthOptions } from 'better-auth/types'
import type { Origin } from '../audit/origin.ts'
import { writeAccountEvent } from '../audit/write-account-event.ts'
import type { Config } from '../config.ts'
import type { Database } from '../database/database.ts'
import { isMissingReference } from '../database/missing-reference.ts'
import { LeafPadError } from '../errors.ts'
import { atMost } from './at-most.ts'
import { deleteExpiredSessions } from './delete-expired-sessions.ts'
import { findFirstOrganization } from './find-first-organization.ts'
import { findSession, type SignedIn } from './find-session.ts'
import { hashSessionTokens } from './hash-session-tokens.ts'
import { newId } from './id.ts'
import { accountGone } from './lock-user.ts'
import { expiredSessionCookie, findSessionToken, sessionCookieName } from './session-cookie.ts'
import { hashToken } from './token.ts'

/** Who asks: the client's address as the trusted proxies tell it, and the headers of the request. */
export interface Caller {
  readonly address: string
  /** The name of the request. */
  readonly requestId?: string
  readonly headers: { readonly origin?: string | undefined; readonly 'user-agent'?: string | undefined }
}

/** What is limited by address, each with a count of its own; signing in is limited besides. */
export type Attempt =
  | 'set-up'
  | 'sign-up'
  | 'password'
  | 'password-reset'
  | 'password-reset-mail'
  | 'account-deletion'
  | 'invitation'
  | 'leak-report'

/** At most `max` attempts of a kind from an address; once used up, none until `windowSeconds` after the last one let through. */
export interface AttemptLimit {
  readonly max: number
  readonly windowSeconds: number
}

export interface Authentication {
  /** Signs in; returns the Set-Cookie headers of the new session. Throws `wrong_email_or_password`, `too_many_requests`, `cross_origin`. */
  signIn(caller: Caller, credentials: { readonly email: string; readonly password: string }): Promise<string[]>
  /** A session for a user who has just shown who they are; returns its Set-Cookie headers. */
  startSession(caller: Caller, userId: string): Promise<string[]>
  /** The Set-Cookie header that makes the browser forget its session. Ending the session is another's. */
  forgetSession(): string
  /** Who is signed in by the session's cookie, or undefined. One query; writes nothing. */
  findSession(headers: { readonly cookie?: string | undefined }): Promise<SignedIn | undefined>
  /** Counts an attempt. Throws `too_many_requests`, with Retry-After, when there were too many. */
  countAttempt(caller: Caller, attempt: Attempt): Promise<void>
  /** Takes about 50 ms of a core, on one of two threads: never inside a transaction. */
  hashPassword(password: string): Promise<string>
  /** As slow as hashPassword. */
  verifyPassword(hash: string, password: string): Promise<boolean>
}

export interface AuthenticationOptions {
  readonly database: Database
  readonly config: Pick<Config, 'publicUrl' | 'sessionSecret'>
  /** Default: 10 attempts, 60 seconds. */
  readonly attemptLimit?: AttemptLimit
  /** Gets better-auth's messages without what it adds to them, which may hold secrets. Default: dropped. */
  readonly log?: (level: 'debug' | 'info' | 'warn' | 'error', message: string) => void
}

export const defaultAttemptLimit: AttemptLimit = { max: 10, windowSeconds: 60 }

/** Each takes a core, and one of the threads that files take too: however many sign in at once, the others have most of both. */
const hashing = atMost(2)

/** How long a session lasts, from signing in. */
const sessionSeconds = 14 * 86_400

/** Set by us alone: what the client sent under this name never gets into the requests made here. */
const addressHeader = 'x-leafpad-client-address'

/** Types what startSession is given. */
const forStartSession = { $Infer: { body: {} as { readonly userId: string } } }

const idKinds: Readonly<Record<string, string>> = { user: 'user', session: 'ses', organization: 'org', member: 'mem', invitation: 'inv' }

/** What better-auth is told, save the database; its schema follows from this. */
export function betterAuthOptions({ database, config, attemptLimit = defaultAttemptLimit, log }: AuthenticationOptions) {
  const secure = isSecure(config.publicUrl)
  const limit = { max: attemptLimit.max, window: attemptLimit.windowSeconds }
  return {
    baseURL: new URL(config.publicUrl).origin,
    basePath: '/api/auth',
    // As a list: better-auth prefers one from the environment to a single secret.
    secrets: [{ version: 1, value: config.sessionSecret }],
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      // 10 to 128 characters, which the schemas check; better-auth counts UTF-16 units, of which a character has up to two.
      minPasswordLength: 10,
      maxPasswordLength: 256,
      password: {
        hash: (password) => hashing(() => hashPassword(password)),
        verify: (given) => hashing(() => verifyPassword(given)),
      },
    },
    session: { expiresIn: sessionSeconds, disableSessionRefresh: true, cookieCache: { enabled: false } },
    rateLimit: { enabled: true, storage: 'database', ...limit, customRules: { '/sign-in/email': limit, '/attempt/*': limit } },
    advanced: {
      // It would put its own prefix before the name.
      useSecureCookies: false,
      defaultCookieAttributes: { secure },
      cookies: { session_token: { name: sessionCookieName(secure) } },
      disableCSRFCheck: false,
      disableOriginCheck: false,
      ipAddress: { ipAddressHeaders: [addressHeader] },
      database: { generateId: ({ model }) => newId(idKinds[model] ?? model), validateSchema: false },
    },
    databaseHooks: {
      session: {
        create: {
          async before(session) {
            await deleteExpiredSessions(database, session.userId)
            return { data: { ...session, activeOrganizationId: await findFirstOrganization(database.kysely, session.userId) } }
          },
        },
      },
    },
    plugins: [
      // For its tables alone: who may do what to them, and under which lock, is in the operations of this folder.
      organization({
        schema: { invitation: { additionalFields: { tokenHash: { type: 'string', required: true, unique: true, returned: false } } } },
      }),
      {
        id: 'leafpad',
        endpoints: {
          attempt: createAuthEndpoint('/attempt/:kind', { method: 'POST' }, async () => ({})),
          startSession: createAuthEndpoint.serverOnly({ method: 'POST', metadata: forStartSession }, async (context) => {
            const { userId } = context.body
            const user = await context.context.internalAdapter.findUserById(userId)
            const session = user && (await context.context.internalAdapter.createSession(userId))
            if (!session) throw accountGone()
            await setSessionCookie(context, { session, user })
            return {}
          }),
        },
      },
    ],
    telemetry: { enabled: false },
    logger: log === undefined ? { disabled: true } : { level: 'debug', log: (level, message) => log(level, message) },
    // What is no answer of better-auth's (the database cannot be asked, …) is thrown to us instead of being logged and hidden.
    onAPIError: { throw: true },
  } satisfies BetterAuthOptions
}

/**
 * Accounts and sessions by better-auth, the only place that knows it. Nothing of it is routed from outside: only what is called
 * here can be reached. It gets no transactions, so none is held while a password is hashed.
 */
export async function createAuthentication(given: AuthenticationOptions): Promise<Authentication> {
  const { database, config } = given
  const options = betterAuthOptions(given)
  const adapter = await getAdapter({ ...options, database: { db: database.kysely, type: database.kind, transaction: false } })
  const auth = betterAuth({ ...options, database: () => hashSessionTokens(adapter) })
  const secure = isSecure(config.publicUrl)
  const cookie = { name: sessionCookieName(secure), secret: config.sessionSecret }

  /** Through better-auth's front, where its limits and its check of the origin are. Cookies stay out: nothing asked here needs one. */
  async function post(caller: Caller, path: string, body: object): Promise<Response> {
    const headers = new Headers({ ...callerHeaders(caller), 'content-type': 'application/json' })
    const url = `${options.baseURL}${options.basePath}${path}`
    const response = await auth.handler(new Request(url, { method: 'POST', headers, body: JSON.stringify(body) }))
    if (response.status === 429) throw tooManyRequests(response.headers.get('x-retry-after'))
    return response
  }

  /** The session is there already: where its beginning cannot be told, it ends before anybody has its cookie. */
  async function writeSignedIn(caller: Caller, userId: string, token: string): Promise<void> {
    try {
      await writeAccountEvent(database, database.kysely, { userId, action: 'signed_in', origin: originOf(caller) })
    } catch (error) {
      await database.kysely.deleteFrom('session').where('token', '=', hashToken(token)).execute()
      throw error
    }
  }

  /** Asks and writes the same whether there is such an account, so that the time it takes does not tell. What was typed is not kept. */
  async function writeSignInFailed(caller: Caller, email: string): Promise<void> {
    const user = await database.kysely.selectFrom('user').select('id').where('email', '=', email.toLowerCase()).executeTakeFirst()
    const event = { userId: user?.id ?? null, action: 'sign_in_failed', origin: originOf(caller) } as const
    await writeAccountEvent(database, database.kysely, event)
  }

  return {
    async signIn(caller, { email, password }) {
      const response = await post(caller, '/sign-in/email', { email, password }).catch((error) => {
        // The account was deleted between its being found and its session.
        throw isMissingReference(error) ? wrongEmailOrPassword() : error
      })
      if (response.ok) {
        const { user, token } = (await response.json()) as { user: { id: string }; token: string }
        await writeSignedIn(caller, user.id, token)
        return response.headers.getSetCookie()
      }
      if (response.status === 403) throw crossOrigin(config.publicUrl)
      if (response.status === 400 || response.status === 401) {
        await writeSignInFailed(caller, email)
        throw wrongEmailOrPassword()
      }
      throw new Error(`better-auth answered ${response.status} to a sign-in`)
    },

    async startSession(caller, userId) {
      const { headers } = await auth.api
        .startSession({
          body: { userId },
          headers: new Headers(callerHeaders(caller)),
          returnHeaders: true,
        })
        .catch((error) => {
          throw isMissingReference(error) ? accountGone() : error
        })
      return headers.getSetCookie()
    },

    forgetSession: () => expiredSessionCookie(cookie.name, secure),

    async findSession({ cookie: cookieHeader }) {
      const token = findSessionToken(cookieHeader, cookie)
      return token === undefined ? undefined : findSession(database, token)
    },

    async countAttempt(caller, attempt) {
      const response = await post(caller, `/attempt/${attempt}`, {})
      if (!response.ok) throw new Error(`better-auth answered ${response.status} to an attempt`)
    },

    hashPassword: options.emailAndPassword.password.hash,
    verifyPassword: (hash, password) => options.emailAndPassword.password.verify({ hash, password }),
  }
}

function isSecure(publicUrl: string): boolean {
  return new URL(publicUrl).protocol === 'https:'
}

/** All that better-auth is told of a request. */
function callerHeaders({ address, headers }: Caller): Record<string, string> {
  return {
    // A link-local address may end in the name of an interface, which is no part of it.
    [addressHeader]: address.replace(/%.*$/, ''),
    ...(headers.origin !== undefined && { origin: headers.origin }),
    ...(headers['user-agent'] !== undefined && { 'user-agent': headers['user-agent'] }),
  }
}

function originOf({ address, requestId }: Caller): Origin | undefined {
  return requestId === undefined ? undefined : { address, requestId }
}

function tooManyRequests(retryAfter: string | null): LeafPadError {
  const seconds = String(Math.max(1, Number(retryAfter) || 1))
  return new LeafPadError('too_many_requests', {
    detail: `There were too many attempts from your address. Try again in ${seconds} seconds.`,
    headers: { 'retry-after': seconds },
  })
}

function crossOrigin(publicUrl: string): LeafPadError {
  return new LeafPadError('cross_origin', { detail: `Sign in at ${publicUrl}: the request comes from another address.` })
}

function wrongEmailOrPassword(): LeafPadError {
  return new LeafPadError('wrong_email_or_password', { detail: 'There is no account with this e-mail address and password. Check both.' })
}
