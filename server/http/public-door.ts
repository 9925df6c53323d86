import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Transaction } from 'kysely'
import { GateUnavailableError } from '../admission/gate.ts'
import { QueueFullError } from '../admission/queue.ts'
import type { AnsweredRequest } from '../admission/requests.ts'
import type { Admitted, Asked, FoundKey, Refused, Verdict } from '../admission/verdict.ts'
import type { Database } from '../database/database.ts'
import { onBehalfOf } from '../database/places.ts'
import type { Tables } from '../database/tables.ts'
import { LeafPadError } from '../errors.ts'
import { behalfOf, type SignedIn } from '../organizations/find-session.ts'
import { type Actor, readMember, recheckMember } from '../organizations/member.ts'
import { recheckSession } from '../organizations/recheck-session.ts'
import type { Permission } from '../organizations/roles.ts'
import { missingCredential, readSecret } from './credential.ts'
import { requireNamedOrganization } from './named-organization.ts'
import { rateLimitHeaders } from './rate-limit.ts'
import { refusalError } from './refusal.ts'
import { provenanceOf } from './same-origin.ts'
import { workOnBehalf } from './work-on-behalf.ts'

export interface PublicDoorOptions {
  readonly database: Database
  /** Scheme, host and port of the address people use. */
  readonly origin: string
  /** The hash of a secret; undefined for what cannot be one. */
  hashSecret(secret: string): string | undefined
  decide(asked: Asked): Promise<Verdict>
  /** Asks once more, inside the transaction that writes. */
  recheck(transaction: Transaction<Tables>, key: FoundKey, asked: Pick<Asked, 'permission' | 'address'>): Promise<Refused | undefined>
  /** The session of a request's cookie, read from the database. */
  findSession(headers: FastifyRequest['headers']): Promise<SignedIn | undefined>
  /** Told of every verdict. */
  onDecided(verdict: Verdict): void
  /** Told of every answer to a request with a known key; `describe` tells all of it but when it was. */
  onAnswered(keyId: string, describe: () => Omit<AnsweredRequest, 'at'>): void
}

/**
 * Lets nothing into the routes of `app` that was not admitted, before its body is read: each route names the permission it needs,
 * and a key is decided by the database and counted. Routes with `config.session` also take the dashboard's session from the same
 * origin, which costs nothing; such a request may name the organization it is about.
 */
export function openPublicDoor(app: FastifyInstance, options: PublicDoorOptions): void {
  app.addHook('onRoute', ({ method, url, config }) => {
    if (config?.permission === undefined) throw new Error(`The route ${method} ${url} of the public API names no permission`)
  })

  // With a callback: an async hook is a promise and a suspended call more for each request.
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('cache-control', 'no-store')
    const { permission, session } = request.route
    const secret = readSecret(request.headers)
    if (secret === undefined) {
      if (session !== true) throw missingCredential()
      readSessionActor(request, permission!, options).then((actor) => {
        request.actor = actor
        done()
      }, done)
      return
    }
    const secretHash = options.hashSecret(secret)
    if (secretHash === undefined) {
      judged(unknownKey)
      return
    }
    options
      .decide({ secretHash, permission: permission!, address: request.address })
      .then(judged, (error: unknown) => done(undecided(error)))

    function judged(verdict: Verdict) {
      let refused: Error | undefined
      try {
        options.onDecided(verdict)
        refused = carryOut(verdict, request, reply, options)
      } catch (error) {
        refused = error as Error
      }
      done(refused)
    }
  })
  app.addHook('onResponse', (request, reply, done) => {
    if (request.secretNumber !== null) options.onAnswered(request.keyId!, () => toAnswered(request, reply))
    done()
  })
  workOnBehalf(app)
}

/** Notes on the request whose it is, and on the reply where its key stands. What is to be answered if it is refused. */
function carryOut(verdict: Verdict, request: FastifyRequest, reply: FastifyReply, options: PublicDoorOptions): Error | undefined {
  if ('count' in verdict && verdict.count !== undefined) reply.headers(rateLimitHeaders(verdict.count))
  if (!('key' in verdict)) return refusalError(verdict)
  request.keyId = verdict.key.keyId
  request.secretNumber = verdict.key.secretNumber
  if (!verdict.admitted) return refusalError(verdict)
  request.count = verdict.count
  request.actor = keyActor(verdict, request.address, options)
  request.behalf = [verdict.key.userId, verdict.key.organizationId]
  return undefined
}

function toAnswered(request: FastifyRequest, { statusCode }: FastifyReply): Omit<AnsweredRequest, 'at'> {
  const { keyId, secretNumber, method, route, errorCode, address, id } = request
  return {
    keyId: keyId!,
    secretNumber: secretNumber!,
    method,
    route: route.url!,
    status: statusCode,
    code: errorCode,
    address,
    requestId: id,
  }
}

const unknownKey: Refused = { admitted: false, code: 'invalid_key' }

/** What is answered where there is no verdict. */
function undecided(error: unknown): Error {
  if (error instanceof QueueFullError) {
    const detail = 'More requests wait than the server can decide. Nothing was counted: try again in a moment.'
    return new LeafPadError('overloaded', { detail, headers: { 'retry-after': '1' } }, error)
  }
  if (error instanceof GateUnavailableError) {
    const detail = 'Whether the key may make this request cannot be decided right now. It was not carried out, but may have been counted.'
    return new LeafPadError('database_unavailable', { detail, headers: { 'retry-after': '1' } }, error)
  }
  return error as Error
}

function keyActor({ key }: Admitted, address: string, { recheck }: PublicDoorOptions): Actor {
  return {
    member: { id: key.memberId, userId: key.userId, organizationId: key.organizationId, role: key.role },
    keyId: key.keyId,
    secretNumber: key.secretNumber,
    async recheck(transaction, permission) {
      const refused = await recheck(transaction, key, { permission, address })
      if (refused !== undefined) throw refusalError(refused)
    },
  }
}

/** Who is signed in at the dashboard, as a member of the organization they work in. */
async function readSessionActor(request: FastifyRequest, permission: Permission, options: PublicDoorOptions): Promise<Actor> {
  const { headers } = request
  const provenance = headers.cookie === undefined ? 'unsaid' : provenanceOf(headers, options.origin)
  // A browser sends its cookie whoever wrote the page, so the request must say that it comes from ours.
  if (provenance === 'unsaid') throw missingCredential()
  if (provenance === 'other') {
    throw new LeafPadError('cross_origin', {
      detail: `A session is taken from pages of ${options.origin} alone. From elsewhere, send an API key.`,
    })
  }
  const signedIn = await options.findSession(headers)
  if (signedIn === undefined) throw missingCredential('The request carries no API key, and its session has ended.')
  const { userId, activeOrganizationId } = signedIn
  request.signedIn = signedIn
  const behalf = behalfOf(signedIn)
  request.behalf = behalf
  await onBehalfOf(behalf, () => requireNamedOrganization(options.database, headers, signedIn))
  if (activeOrganizationId === null) {
    throw new LeafPadError('no_organization_active', { detail: 'The session works in no organization. Choose one first.' })
  }
  const of = { userId, organizationId: activeOrganizationId }
  const member = await onBehalfOf(behalf, () => readMember(options.database.kysely, of, permission))
  return {
    member,
    keyId: null,
    secretNumber: null,
    async recheck(transaction, needed) {
      await recheckSession(transaction, signedIn.sessionId)
      await recheckMember(transaction, member, needed)
    },
  }
}
