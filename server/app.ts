import type { FastifyInstance } from 'fastify'
import type { Gate } from './admission/gate.ts'
import { openGate } from './admission/open-gate.ts'
import { createQueue } from './admission/queue.ts'
import { recheckKey } from './admission/recheck-key.ts'
import { createRefusals } from './admission/refusals.ts'
import { createRequests } from './admission/requests.ts'
import { auditRoutes } from './audit/routes.ts'
import type { Config } from './config.ts'
import type { Database } from './database/database.ts'
import { openDashboardDoor } from './http/dashboard-door.ts'
import { dashboardFiles } from './http/dashboard-files.ts'
import { healthRoutes } from './http/health-routes.ts'
import type { LogDestination } from './http/log.ts'
import { createMetrics } from './http/metrics.ts'
import { dashboardPrefix, describeApi, publicPrefix } from './http/openapi.ts'
import { openPublicDoor } from './http/public-door.ts'
import { buildServer } from './http/server.ts'
import { leakRoutes } from './keys/leak-routes.ts'
import { keyRoutes, meRoutes } from './keys/routes.ts'
import { hashSecret } from './keys/secret.ts'
import type { FileStore } from './knowledge-base/file-store.ts'
import { knowledgeBaseRoutes, publicLinkRoutes } from './knowledge-base/routes.ts'
import { createQuotaMarks } from './notices/quota-marks.ts'
import { noticeRoutes } from './notices/routes.ts'
import type { AttemptLimit } from './organizations/authentication.ts'
import { createLateAuthentication } from './organizations/late-authentication.ts'
import { organizationRoutes } from './organizations/routes.ts'

export interface AppOptions {
  readonly config: Config
  /** Open and migrated; the caller closes it after the app. */
  readonly database: Database
  /** Where the contents of documents are kept. */
  readonly files: FileStore
  /** The process's clock: milliseconds since 1970, UTC. */
  readonly now: () => number
  /** Gets the log, whole lines at a time. */
  readonly log: LogDestination
  /** The folder of the built dashboard; without one there is only the API. */
  readonly dashboard?: string | null
  /** What decides the keys' requests; by default the database's own. The app closes it. */
  readonly gate?: Gate
  /** How often an address may try to sign in and the like; by default as shipped. */
  readonly attemptLimit?: AttemptLimit
}

/** After listening: what is asked of a server as soon as it listens has an answer before this thread is busy with loading. */
const authenticationLoadsAfterMs = 1_000

/**
 * The whole server, wired and ready but listening to nothing: `app.listen()` is the caller's, and so are `app.metrics` when they are
 * to have a port of their own. `app.close()` refuses what is new, answers what is in flight, at most `config.closeGraceMs` long, and
 * resolves once all that the app itself started has ended.
 */
export async function buildApp(options: AppOptions): Promise<FastifyInstance> {
  const { config, database, files, now } = options
  const { origin } = new URL(config.publicUrl)
  const metrics = createMetrics()
  const { app, routes, isLeaving, drain } = buildServer(config, options.log, metrics)
  app.decorate('metrics', metrics).decorate('routes', routes).decorate('drain', drain)

  const gate = metrics.measure(options.gate ?? openGate(database, { dailyQuota: config.dailyQuota }))
  const queue = createQueue({ gate })
  const refusals = createRefusals(database, now)
  const requests = createRequests(database)
  const quotaMarks = createQuotaMarks(database)
  metrics.watchQueue(queue.waiting)
  app.addHook('onClose', async () => {
    await queue.close()
    await gate.close()
    await refusals.close()
    await requests.close()
    await quotaMarks.close()
  })

  const authentication = createLateAuthentication({
    database,
    config,
    ...(options.attemptLimit && { attemptLimit: options.attemptLimit }),
    // What it warns of, a wrong password and the like, the request's own line tells.
    log: (level, message) => {
      if (level === 'error') app.log.error({ from: 'better-auth' }, message)
    },
  })
  const findSession = authentication.findSession
  let loading: NodeJS.Timeout | undefined
  app.addHook('onListen', (done) => {
    // For the first who signs in not to wait for it; should it fail now, that one tries again.
    loading = setTimeout(() => authentication.load().catch(() => {}), authenticationLoadsAfterMs).unref()
    done()
  })
  app.addHook('onClose', async () => clearTimeout(loading))

  try {
    healthRoutes(app, { database, metrics, metricsToken: config.metricsToken, isLeaving })
    describeApi(app)

    const knowledgeBase = { database, config, files, now }
    await app.register(
      async (door) => {
        openPublicDoor(door, {
          database,
          origin,
          hashSecret,
          decide: queue.decide,
          recheck: (transaction, key, permission) => recheckKey(database, transaction, key, permission),
          findSession,
          onDecided(verdict) {
            if ('count' in verdict && verdict.count !== undefined) quotaMarks.look(verdict.key, verdict.count)
            if (verdict.admitted) return metrics.admitted()
            metrics.refused(verdict.code)
            refusals.count(verdict)
          },
          onAnswered: (keyId, describe) => requests.note(keyId, () => ({ at: now(), ...describe() })),
        })
        meRoutes(door, { database, config })
        await door.register(async (room) => {
          room.addHook('onRoute', (route) => {
            route.config = { ...route.config, session: true }
          })
          await knowledgeBaseRoutes(room, knowledgeBase)
        })
      },
      { prefix: publicPrefix },
    )
    await app.register(
      async (door) => {
        openDashboardDoor(door, { database, origin, findSession })
        organizationRoutes(door, { database, config, authentication })
        keyRoutes(door, { database, config })
        auditRoutes(door, { database })
        noticeRoutes(door, { database, byMail: config.smtpUrl !== null })
      },
      { prefix: dashboardPrefix },
    )
    await app.register(
      async (open) =>
        leakRoutes(open, { database, countReport: (address) => authentication.countAttempt({ address, headers: {} }, 'leak-report') }),
      { prefix: publicPrefix },
    )
    await app.register(async (links) => publicLinkRoutes(links, knowledgeBase), { prefix: '/files' })
    if (options.dashboard) dashboardFiles(app, options.dashboard)
    await app.ready()
    return app
  } catch (error) {
    await app.close()
    throw error
  }
}
