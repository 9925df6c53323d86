import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import Fastify from 'fastify'
import type { Config } from '../config.ts'
import type { Database } from '../database/database.ts'
import { openDashboardDoor } from '../http/dashboard-door.ts'
import { answerError } from '../http/problem.ts'
import { compileValidator } from '../http/validation.ts'
import { type AttemptLimit, type Authentication, createAuthentication } from '../organizations/authentication.ts'
import { createSetUpToken } from '../organizations/create-set-up-token.ts'
import type { Role } from '../organizations/roles.ts'
import { organizationRoutes } from '../organizations/routes.ts'
import { testConfig } from './test-config.ts'

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape
  readonly body: any
  readonly headers: Readonly<Record<string, unknown>>
  /** `name=value` of the cookies that were set. */
  readonly cookie: string
}

/** A browser: keeps the cookie of its session. */
export interface Browser {
  cookie: string
  /** Headers of every request. */
  headers: Record<string, string>
  ask(method: Method, path: string, body?: object): Promise<Answer>
}

export interface TestDashboard {
  readonly authentication: Authentication
  browser(headers?: Record<string, string>): Browser
  /** The first account, `owner@example.test`, signed in, with its organization. */
  setUp(): Promise<Browser>
  /** Somebody new whom `inviter` invited into the active organization, signed in. */
  join(inviter: Browser, name: string, role: Role): Promise<Browser>
}

export const testPassword = 'correct horse battery staple'

const hashes = new Map<string, Promise<string>>()

/** Hashes a password once in a process: to do it for each of the people of a test would take most of the test's time. */
function rememberHashes(authentication: Authentication): Authentication {
  return {
    ...authentication,
    hashPassword(password) {
      const hash = hashes.get(password) ?? authentication.hashPassword(password)
      hashes.set(password, hash)
      return hash
    },
  }
}

/** The routes of accounts and organizations behind the dashboard's door, for tests; attempts are not limited unless asked for. */
export async function openTestDashboard(
  database: Database,
  test: Pick<TestContext, 'after'>,
  {
    config: overrides = {},
    attemptLimit = { max: 100_000, windowSeconds: 1 },
  }: { config?: Partial<Config>; attemptLimit?: AttemptLimit } = {},
): Promise<TestDashboard> {
  const config = testConfig(overrides)
  const authentication = rememberHashes(await createAuthentication({ database, config, attemptLimit }))
  const app = Fastify()
  test.after(() => app.close())
  app.setValidatorCompiler(compileValidator)
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply))
  for (const name of ['signedIn', 'errorCode', 'keyId']) app.decorateRequest(name, null)
  app.decorateRequest('address', '')
  app.addHook('onRequest', async (request) => {
    request.address = request.ip
  })
  openDashboardDoor(app, { database, origin: new URL(config.publicUrl).origin, findSession: authentication.findSession })
  organizationRoutes(app, { database, config, authentication })

  function browser(headers: Record<string, string> = {}): Browser {
    return {
      cookie: '',
      headers,
      async ask(method, path, body) {
        const response = await app.inject({
          method,
          url: path,
          headers: { ...this.headers, ...(this.cookie && { cookie: this.cookie }) },
          ...(body && { payload: body }),
        })
        const cookie = response.cookies.map(({ name, value }) => `${name}=${encodeURIComponent(value)}`).join('; ')
        if (response.statusCode < 300 && cookie !== '') this.cookie = cookie
        return { status: response.statusCode, body: response.body === '' ? null : response.json(), headers: response.headers, cookie }
      },
    }
  }

  return {
    authentication,
    browser,
    async setUp() {
      const owner = browser()
      const token = await createSetUpToken(database)
      const person = { name: 'Olga Owner', email: 'owner@example.test', password: testPassword }
      assert.equal((await owner.ask('POST', '/set-up', { token, ...person, organizationName: 'Acme' })).status, 204)
      return owner
    },
    async join(inviter, name, role) {
      const { body } = await inviter.ask('GET', '/session')
      const email = `${name}@example.test`
      const invited = await inviter.ask('POST', `/organizations/${body.organization.id}/invitations`, { email, role })
      assert.equal(invited.status, 201)
      const invitationToken = invited.body.link.split('#token=')[1]
      const joiner = browser()
      assert.equal((await joiner.ask('POST', '/sign-up', { invitationToken, name, email, password: testPassword })).status, 204)
      return joiner
    },
  }
}
