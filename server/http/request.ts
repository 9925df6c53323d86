import 'fastify'
import type { Count } from '../admission/verdict.ts'
import type { ErrorCode } from '../errors.ts'
import type { SignedIn } from '../organizations/find-session.ts'
import type { Actor } from '../organizations/member.ts'
import type { Permission } from '../organizations/roles.ts'
import type { Metrics } from './metrics.ts'
import type { RouteList } from './route-list.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The figures of this app. */
    metrics: Metrics
    /** Every route, as it was registered. */
    routes: RouteList
    /** Has /readyz answer 503 from now on; all else goes on until `close`. */
    drain: () => void
  }
  interface FastifyRequest {
    /** What its route says of itself, `url` its pattern; read once, since Fastify makes it anew whenever it is asked. Empty where no route is the request's. */
    route: Partial<FastifyRequest['routeOptions']['config']>
    /** Who makes the request; set on every route of the public API before its handler. */
    actor: Actor
    /** What the request was counted as; null for a session, which costs no quota. */
    count: Count | null
    /** The key of the request, for the log; null when there is none or it is unknown. */
    keyId: string | null
    /** Which of that key's secrets was sent. */
    secretNumber: number | null
    /** Who is signed in; set on every dashboard route save those with `config.public`. */
    signedIn: SignedIn
    /** The ids of the user and the organization that ask; null until they are known. */
    behalf: readonly string[] | null
    /** The client's address: the peer's, or what a trusted proxy says it is. */
    address: string
    /** The code of the error the request was answered with, for the log; null: none. */
    errorCode: ErrorCode | null
  }
  interface FastifyContextConfig {
    /** Public API: what the route needs. Registering a route there without it fails. */
    permission?: Permission
    /** Public API: true takes the dashboard's session in place of a key. */
    session?: boolean
    /** Dashboard API: true is about the active organization, and takes its name in X-Organization-Id. */
    inOrganization?: boolean
    /** Dashboard API: true lets who is not signed in ask. */
    public?: boolean
    /** True where a body that is not sent is an empty one. */
    optionalBody?: boolean
    /** True for the page of the dashboard, the answer to paths that no other route has. */
    page?: boolean
    /** True for what asks how the server is: answered while it closes, and not logged. */
    probe?: boolean
  }
}
