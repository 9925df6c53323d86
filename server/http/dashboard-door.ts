import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Database } from '../database/database.ts'
import { onBehalfOf } from '../database/places.ts'
import { LeafPadError } from '../errors.ts'
import { behalfOf, type SignedIn } from '../organizations/find-session.ts'
import { requireNamedOrganization } from './named-organization.ts'
import { provenanceOf } from './same-origin.ts'
import { workOnBehalf } from './work-on-behalf.ts'

export interface DashboardDoorOptions {
  readonly database: Database
  /** Scheme, host and port of the address people use. */
  readonly origin: string
  /** The session of a request's cookie, read from the database. */
  findSession(headers: FastifyRequest['headers']): Promise<SignedIn | undefined>
}

const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD'])

/**
 * Lets only who is signed in into the routes of `app`, save those with `config.public`, and lets no page of another site change
 * anything: what is not GET or HEAD must come from our own origin, or from no browser at all. Routes with `config.inOrganization` are
 * about the active organization, which a request may name.
 */
export function openDashboardDoor(app: FastifyInstance, { database, origin, findSession }: DashboardDoorOptions): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('cache-control', 'no-store')
    // A browser sends Origin with every request that is not GET or HEAD, and Sec-Fetch-Site too: what has neither is a program,
    // which no page can make send somebody else's cookie.
    if (!safeMethods.has(request.method) && provenanceOf(request.headers, origin) === 'other') {
      throw new LeafPadError('cross_origin', {
        detail: `Changes are taken from pages of ${origin} (LEAFPAD_PUBLIC_URL) alone. Open LeafPad at that address.`,
      })
    }
    if (request.routeOptions.config.public !== true) await readSession(request)
  })
  workOnBehalf(app)

  // A body can be held back for minutes, and the session ended meanwhile: what changes something is asked again once it is here.
  app.addHook('preHandler', async (request) => {
    if (request.routeOptions.config.public !== true && !safeMethods.has(request.method)) await readSession(request)
  })

  async function readSession(request: FastifyRequest): Promise<void> {
    const { headers, routeOptions } = request
    const signedIn = headers.cookie === undefined ? undefined : await findSession(headers)
    if (signedIn === undefined) throw new LeafPadError('not_signed_in', { detail: 'There is no session, or it has ended. Sign in first.' })
    request.signedIn = { ...signedIn, origin: { address: request.address, requestId: request.id } }
    const behalf = behalfOf(signedIn)
    request.behalf = behalf
    if (routeOptions.config.inOrganization !== true) return
    await onBehalfOf(behalf, () => requireNamedOrganization(database, headers, signedIn))
  }
}
