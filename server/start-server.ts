import type { Server } from 'node:http'
import { join } from 'node:path'
import { buildApp } from './app.ts'
import { checkPostgres } from './check-postgres.ts'
import { type Config, embeddedFile } from './config.ts'
import { type Database, openDatabase } from './database/database.ts'
import { migrate } from './database/migrate.ts'
import type { LogDestination } from './http/log.ts'
import { buildMetricsServer } from './http/metrics-server.ts'
import { claimFiles } from './knowledge-base/claim-files.ts'
import { openDiskFileStore } from './knowledge-base/disk-file-store.ts'
import { keepSweeping } from './knowledge-base/keep-sweeping.ts'
import { keepSending } from './notices/keep-sending.ts'
import { keepWarning } from './notices/keep-warning.ts'
import { createSmtpMailSender } from './notices/smtp-mail-sender.ts'
import { createSetUpToken } from './organizations/create-set-up-token.ts'
import { keepErasing } from './organizations/keep-erasing.ts'

type App = Awaited<ReturnType<typeof buildApp>>

export interface RunningServer {
  readonly app: App
  readonly database: Database
  /** Opens the set-up, to be told once; null when there is an account. */
  readonly setUpToken: string | null
  /** What an operator should know about the database, in sentences. */
  readonly warnings: readonly string[]
  /** Refuses what is new, answers what is under way for at most `config.closeGraceMs`, and ends everything it started. */
  close(): Promise<void>
}

/**
 * Opens the database, migrates it, and listens when all is ready. Rejects, with everything closed again, for whatever keeps it
 * from serving.
 * @param now the process's clock: milliseconds since 1970, UTC
 * @param dashboard the folder of the built dashboard; null: only the API is served
 */
export async function startServer(
  config: Config,
  log: LogDestination,
  now: () => number,
  dashboard: string | null,
): Promise<RunningServer> {
  const database = openConfiguredDatabase(config)
  // Ended in the opposite order: the database last.
  const ends: (() => Promise<unknown>)[] = [() => database.close()]
  async function close() {
    let failed: { error: unknown } | undefined
    for (const end of ends.splice(0).reverse()) await end().catch((error) => (failed ??= { error }))
    if (failed !== undefined) throw failed.error
  }
  try {
    const warnings = await checkPostgres(database)
    await migrate(database)
    const files = openDiskFileStore(join(config.dataDir, 'files'))
    await claimFiles({ database, files })
    const app = await buildApp({ config, database, files, now, log, dashboard })
    ends.push(() => app.close())
    const setUpToken = await createSetUpToken(database)
    if (config.metricsPort !== null) ends.push(await listenForMetrics(app, config.host, config.metricsPort))
    await app.listen({ host: config.host, port: config.port, listenTextResolver: (address) => `listening on ${address}` })
    ends.push(keepSweeping({ database, files, now }, (err) => app.log.error({ err }, 'sweeping files failed')))
    ends.push(keepErasing(database, (err) => app.log.error({ err }, 'erasing organizations failed')))
    ends.push(keepWarning(database, (err) => app.log.error({ err }, 'warning of what expires failed')))
    if (config.smtpUrl !== null) ends.push(keepMailing(app, database, config, config.smtpUrl))
    return { app, database, setUpToken, warnings, close }
  } catch (error) {
    await close().catch(() => {})
    throw error
  }
}

/** The database a configuration names. Migrating it is the caller's, and so is closing it. */
export function openConfiguredDatabase({ databaseUrl, dataDir }: Pick<Config, 'databaseUrl' | 'dataDir'>): Database {
  return openDatabase({ location: databaseUrl ?? embeddedFile(dataDir) })
}

/** Has people told by mail; the log and the metrics say what became of each. */
function keepMailing(app: App, database: Database, config: Config, url: string): () => Promise<void> {
  const { publicUrl, sessionSecret, mailFrom } = config
  const sender = createSmtpMailSender({ url, from: mailFrom })
  return keepSending(
    { database, sender, publicUrl, sessionSecret },
    ({ outcome, noticeId, kind, error: err }) => {
      app.metrics.notice(outcome)
      if (err === undefined) app.log.info({ noticeId, kind, outcome }, 'a mail was due')
      else app.log.error({ noticeId, kind, outcome, err }, 'a mail could not be sent')
    },
    (err) => app.log.error({ err }, 'looking for mails that are due failed'),
  )
}

async function listenForMetrics(app: App, host: string, port: number): Promise<() => Promise<void>> {
  const server: Server = buildMetricsServer(app.metrics)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  return async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
}
