import { createHash, timingSafeEqual } from 'node:crypto'
import type {} from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { sql } from 'kysely'
import type { Database } from '../database/database.ts'
import { LeafPadError } from '../errors.ts'
import { type Metrics, metricsContentType } from './metrics.ts'

const maxAnswerMs = 2_000

export interface HealthOptions {
  readonly database: Database
  readonly metrics: Metrics
  /** Bearer token that opens /metrics here; null: it is not here. */
  readonly metricsToken: string | null
  readonly isLeaving: () => boolean
}

/** `/healthz`: the process answers. `/readyz`: so does the database, and the server neither drains nor closes. `/metrics`: for who has its token. */
export function healthRoutes(app: FastifyInstance, { database, metrics, metricsToken, isLeaving }: HealthOptions): void {
  const schema = { hide: true }
  const config = { probe: true }
  const whyUnready = askOnce(() => askInTime(database))

  app.get('/healthz', { schema, config }, (_request, reply) => {
    reply.header('cache-control', 'no-store').send({ status: 'ok' })
  })

  app.get('/readyz', { schema, config }, async (_request, reply) => {
    reply.header('cache-control', 'no-store')
    if (isLeaving()) throw shuttingDown()
    const unready = await whyUnready()
    if (unready !== undefined) throw unready
    return { status: 'ready' }
  })

  if (metricsToken === null) return
  const wanted = digest(`Bearer ${metricsToken}`)
  app.get('/metrics', { schema, config }, async (request, reply) => {
    reply.header('cache-control', 'no-store')
    // Digests have one length, so that comparing them takes one time.
    if (!timingSafeEqual(digest(request.headers.authorization ?? ''), wanted)) {
      throw new LeafPadError('invalid_metrics_token', {
        detail: 'Send the metrics token (LEAFPAD_METRICS_TOKEN) as "Authorization: Bearer <token>".',
        headers: { 'www-authenticate': 'Bearer realm="leafpad metrics"' },
      })
    }
    return reply.header('content-type', metricsContentType).send(await metrics.text())
  })
}

export function shuttingDown(): LeafPadError {
  const detail = 'The server is shutting down. Send the request again: another one, or this one once it is back, will take it.'
  return new LeafPadError('shutting_down', { detail, headers: { 'retry-after': '1', connection: 'close' } })
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/** Undefined when the database answers, or what it does instead, with the reason for the log. */
async function askInTime(database: Database): Promise<LeafPadError | undefined> {
  const unready = (detail: string, cause?: unknown) => new LeafPadError('database_unavailable', { detail }, cause)
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<LeafPadError>((resolve) => {
    timer = setTimeout(() => resolve(unready(`The database did not answer within ${maxAnswerMs / 1000} s.`)), maxAnswerMs)
  })
  const answered = sql`select 1`.execute(database.kysely).then(
    () => undefined,
    (cause: unknown) => unready('The database cannot be asked: it is not there, or it refuses.', cause),
  )
  try {
    return await Promise.race([answered, tooLate])
  } finally {
    clearTimeout(timer)
  }
}

/** Asks again only after the last answer: anybody may probe, and probes must not queue up at the database. */
function askOnce<Answer>(ask: () => Promise<Answer>): () => Promise<Answer> {
  let asking: Promise<Answer> | undefined
  return () => {
    asking ??= ask().finally(() => {
      asking = undefined
    })
    return asking
  }
}
