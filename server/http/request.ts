import type { Count } from '../admission/verdict.ts'
import type { Actor } from '../organizations/member.ts'
import type { Permission } from '../organizations/roles.ts'

/** The user of a dashboard session, read from the database for this very request. */
export interface SignedIn {
  readonly sessionId: string
  readonly userId: string
  readonly userName: string
  readonly email: string
  /** The organization the session works in; null before one is chosen or when it is gone. */
  readonly activeOrganizationId: string | null
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who makes the request; set on every route of the public API before its handler. */
    actor: Actor
    /** What the request was counted as; null for a session, which costs no quota. */
    count: Count | null
    /** The key of the request, for the log; null when there is none or it is unknown. */
    keyId: string | null
    /** Who is signed in; set on every dashboard route save those with `config.public`. */
    signedIn: SignedIn
  }
  interface FastifyContextConfig {
    /** Public API: what the route needs. Registering a route there without it fails. */
    permission?: Permission
    /** Dashboard API: true lets who is not signed in ask. */
    public?: boolean
  }
}
