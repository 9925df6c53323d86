/**
 * `leafpad-server`: the only file that knows the environment, the process's clock, signals and exit codes. What a command is asked
 * for goes to standard output: of `serve` that is its log, one JSON object a line. What a person is to know besides goes to
 * standard error.
 */
import './check-node.ts'
import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { setTimeout } from 'node:timers/promises'
import { Command, Option } from 'commander'
import { exportAccountEvents, exportAllEntries } from './audit/export-entries.ts'
import { parseInstant } from './audit/parse-instant.ts'
import { type Config, embeddedFile, environmentName, type Settings } from './config.ts'
import type { Database } from './database/database.ts'
import { migrate } from './database/migrate.ts'
import { LeafPadError } from './errors.ts'
import { explainFailure } from './explain-failure.ts'
import { Failure } from './failure.ts'
import { haveDashboard } from './have-dashboard.ts'
import { errorForLog } from './http/log.ts'
import { createSmtpMailSender } from './notices/smtp-mail-sender.ts'
import { createPasswordReset } from './organizations/create-password-reset.ts'
import packageJson from './package.json' with { type: 'json' }
import { ConfigError, parseSettings } from './parse-settings.ts'
import { requireFiles } from './require-files.ts'
import { haveSessionSecret } from './session-secret.ts'
import { showDatabase, showSettings } from './show-settings.ts'
import { openConfiguredDatabase, type RunningServer, startServer } from './start-server.ts'

/** Ctrl-C reaches this process twice when npm passes it on; only what comes later than this is a second one. */
const sameSignalMs = 500

/** Beyond the grace that requests get, how long closing may take before the process ends anyhow. */
const closeMarginMs = 5_000

const log = { write: (lines: string) => void process.stdout.write(lines) }
const tell = (text: string) => console.error(text)

// What is made here is for this user alone: the databases, the documents, the secret.
process.umask(0o077)

// The library that signs people in would take settings of its own from here, such as further origins to trust.
for (const name of Object.keys(process.env)) if (/^(BETTER_AUTH_|AUTH_SECRET$)/.test(name)) delete process.env[name]

// A reader that went away is no reason to stop serving.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

const program = new Command('leafpad-server')
  .description('The server of LeafPad. Without a command it serves. Settings come from LEAFPAD_* variables: docs/configuration.md.')
  .version(packageJson.version, '-V, --version', 'print the version')
  .showHelpAfterError()

program
  .command('serve')
  .description('bring the database to this version, then listen')
  .option('--no-dashboard', 'serve the API alone')
  .action((options: { dashboard: boolean }) => attempt((settings) => serve(settings, options.dashboard)))

program
  .command('demo')
  .description('serve a throw-away database with an account, two organizations and a key')
  .action(() => attempt(demo))

program
  .command('config')
  .description('print the settings that hold, secrets masked')
  .action(() => attempt(async (settings) => console.log(showSettings(settings, process.env))))

program
  .command('migrate')
  .description('bring the database to this version, and end')
  .action(() => attempt(migrateOnly))

program
  .command('user')
  .description('accounts')
  .command('reset-password')
  .argument('<email>', 'of the account')
  .description('print a link that sets a new password, once, within an hour')
  .action((email: string) => attempt((settings) => resetPassword(settings, email)))

program
  .command('audit')
  .description('the audit log')
  .command('export')
  .option('--organization <id>', 'of this organization alone, be it deleted')
  .option('--since <instant>', 'from this instant on, such as 2026-01-31T12:00:00Z')
  .addOption(new Option('--account-events', 'the log of all accounts instead').conflicts('organization'))
  .description('print the changes to organizations, the oldest first, one JSON object a line')
  .action((options: ExportOptions) => attempt((settings) => exportAudit(settings, options)))

program
  .command('mail')
  .description('mails')
  .command('test')
  .argument('<email>', 'who gets it')
  .description('send one mail by LEAFPAD_SMTP_URL, and say what the mail server answers')
  .action((email: string) => attempt((settings) => testMail(settings, email)))

// Not as commander's default command, which would take an unknown one for its argument.
await program.parseAsync(process.argv.length > 2 ? process.argv : [...process.argv, 'serve'])

/** Does a command with the settings there are. Whatever goes wrong is told in a sentence, and the exit code is 1. */
async function attempt(command: (settings: Settings) => Promise<void>): Promise<void> {
  let settings: Settings | undefined
  try {
    settings = parseSettings(process.env, (path) => readFileSync(path, 'utf8'))
    await command(settings)
  } catch (error) {
    if (error instanceof ConfigError) {
      tell(`LeafPad cannot start with these settings:\n${error.mistakes.map((mistake) => `  ${mistake}`).join('\n')}`)
    } else {
      tell(explainFailure(error, settings!))
      if (settings!.logLevel === 'debug') log.write(`${JSON.stringify({ level: 'debug', err: errorForLog(error) })}\n`)
    }
    process.exit(1)
  }
}

async function serve(settings: Settings, withDashboard: boolean): Promise<void> {
  const stopping = listenToSignals()
  requireFiles(settings)
  const config: Config = Object.freeze({ ...settings, sessionSecret: settings.sessionSecret ?? haveSessionSecret(settings.dataDir) })
  const server = await startServer(config, log, Date.now, withDashboard ? await haveDashboard(tell) : null)
  for (const warning of [...server.warnings, ...warnOfLinks(config)]) tell(`Warning: ${warning}`)
  tell(`LeafPad listens on ${address(config)}`)
  if (server.setUpToken !== null) {
    tell(`There is no account yet. This link makes the first one:\n\n  ${config.publicUrl}/set-up#token=${server.setUpToken}\n`)
  }
  await serveUntil(stopping, server, config)
}

async function demo(settings: Settings): Promise<void> {
  const stopping = listenToSignals()
  const { demoConfig, describeDemo, seedDemo } = await import('./demo.ts')
  const { config, remove } = await demoConfig(settings, (name) => Boolean(process.env[environmentName(name)]))
  process.on('exit', remove)
  const server = await startServer(config, log, Date.now, await haveDashboard(tell))
  if (config.port !== settings.port) tell(`Port ${settings.port} is taken, so the demo is on ${config.port}.`)
  console.log(describeDemo(await seedDemo(server.database, config, server.setUpToken!), config))
  await serveUntil(stopping, server, config)
}

async function migrateOnly(settings: Settings): Promise<void> {
  const database = openConfiguredDatabase(settings)
  try {
    const names = await migrate(database)
    console.log(names.length === 0 ? 'The database is of this version already.' : `Migrated: ${names.join(', ')}.`)
  } finally {
    await database.close()
  }
}

interface ExportOptions {
  readonly organization?: string
  readonly since?: string
  readonly accountEvents?: boolean
}

async function exportAudit(settings: Settings, { organization, since, accountEvents }: ExportOptions): Promise<void> {
  const from = since === undefined ? undefined : parseInstant(since)
  if (since !== undefined && from === undefined) {
    throw new Failure('--since must be a day, or an instant with its time zone, such as 2026-01-31T12:00:00Z.')
  }
  const database = openExistingDatabase(settings)
  try {
    await migrate(database)
    const lines = accountEvents
      ? exportAccountEvents(database, { from })
      : exportAllEntries(database, { organizationId: organization, from })
    await pipeline(lines, process.stdout, { end: false }).catch((error) => {
      // The reader has what it wanted, as `head` has.
      if (error.code !== 'EPIPE') throw error
    })
  } finally {
    await database.close()
  }
}

/** The database of a server that has run before: one that is mistyped is not made. */
function openExistingDatabase(settings: Settings): Database {
  if (settings.databaseUrl === null && !existsSync(embeddedFile(settings.dataDir))) {
    throw new Failure(`There is no database ${showDatabase(settings)}. Set LEAFPAD_DATA_DIR as the server has it.`)
  }
  return openConfiguredDatabase(settings)
}

async function resetPassword(settings: Settings, email: string): Promise<void> {
  const database = openExistingDatabase(settings)
  try {
    await migrate(database)
    const token = await createPasswordReset(database, email).catch((error) => {
      if (!(error instanceof LeafPadError) || error.code !== 'not_found') throw error
      throw new Failure(`There is no account with this e-mail address in the database ${showDatabase(settings)}.`)
    })
    console.log(`${settings.publicUrl}/reset-password#token=${token}`)
    tell('The link sets a new password once, within an hour.')
  } finally {
    await database.close()
  }
}

async function testMail({ smtpUrl, mailFrom, publicUrl }: Settings, email: string): Promise<void> {
  if (smtpUrl === null) throw new Failure('No mail server is set: set LEAFPAD_SMTP_URL, such as smtp://user:password@mail.example.com:587.')
  const mail = {
    messageId: `${randomUUID()}@${new URL(publicUrl).hostname}`,
    to: { name: '', address: email },
    subject: 'LeafPad can send mails',
    text: `This mail was sent to try it out.\n\nLinks in mails begin with ${publicUrl}\n`,
  }
  await createSmtpMailSender({ url: smtpUrl, from: mailFrom })
    .send(mail)
    .catch((error) => {
      throw new Failure(`The mail was not sent: ${error.message}`)
    })
  console.log(`The mail server has taken a mail to ${email}, from ${mailFrom}.`)
}

/** Sentences for who listens to other machines and has links made that only this machine can open. */
function warnOfLinks({ host, publicUrl }: Config): string[] {
  const isLocal = (name: string) => /^(localhost|127\..*|\[?::1\]?)$/.test(name)
  if (isLocal(host) || !isLocal(new URL(publicUrl).hostname)) return []
  return [`links begin with ${publicUrl}, which only this machine can open. Set LEAFPAD_PUBLIC_URL to the address people use.`]
}

/** Where the server can be reached, and by what name when that is another. */
function address({ host, port, publicUrl }: Config): string {
  const own = `http://${host.includes(':') ? `[${host}]` : host}:${port}`
  return publicUrl === `http://localhost:${port}` ? publicUrl : `${own}, for people ${publicUrl}`
}

/**
 * Resolves at the first signal to end. One more, or one before `serveUntil` was called, ends the process at once: nothing then is
 * under way that a crash could harm.
 */
function listenToSignals(): { readonly stopped: Promise<NodeJS.Signals>; serving: boolean } {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>()
  const stopping = { stopped: promise, serving: false }
  let firstAt: number | undefined
  const onSignal = (signal: NodeJS.Signals) => {
    if (!stopping.serving) process.exit(130)
    if (firstAt !== undefined && performance.now() - firstAt > sameSignalMs) process.exit(130)
    firstAt ??= performance.now()
    resolve(signal)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
  return stopping
}

/** Serves until it is told to end, drains if it was by SIGTERM, and closes. Exit code 0 once all is closed, 1 if that fails or takes too long. */
async function serveUntil(stopping: ReturnType<typeof listenToSignals>, server: RunningServer, config: Config): Promise<void> {
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      log.write(`${JSON.stringify({ level: 'fatal', time: new Date().toISOString(), err: errorForLog(error), msg: event })}\n`)
      tell('LeafPad ends because of a fault in it; the last line of the log has the place.')
      process.exit(1)
    })
  }
  stopping.serving = true
  // At a terminal it is Ctrl-C, and there is no proxy to be waited for.
  if ((await stopping.stopped) === 'SIGTERM' && config.drainMs > 0) {
    tell(`LeafPad is no longer ready; it goes on serving for ${config.drainMs} ms, then closes.`)
    server.app.drain()
    await setTimeout(config.drainMs)
  }
  tell('LeafPad is closing; Ctrl-C once more ends it at once.')
  globalThis
    .setTimeout(() => {
      tell(`Closing took longer than ${config.closeGraceMs + closeMarginMs} ms; ended all the same.`)
      process.exit(1)
    }, config.closeGraceMs + closeMarginMs)
    .unref()
  await server.close()
  process.exit(0)
}
