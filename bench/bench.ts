import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, type PostgresServer, startPostgres } from '../server/testing/postgres.ts'
import { builtName } from './built-name.ts'
import { type Core, onCore } from './cores.ts'
import { NotMeasurable } from './line.ts'
import type { Load, LoadResult } from './load.ts'
import { Scope } from './scope.ts'

export interface BenchOptions {
  /** Keys in use. */
  readonly keyCount: number
  /** Keys in the table of the line about many. */
  readonly manyKeyCount: number
  /** How long a server is loaded before it is measured; 0: not at all. */
  readonly warmUpMs: number
  /** Where what it starts is built. */
  readonly programs: string
  /** A checkout of another commit, to be measured beside this one; null: none. */
  readonly beside: string | null
  /** Where the database of many keys is kept from one run to the next; null: nowhere. */
  readonly cacheFolder: string | null
}

/** A server that has said where it listens. */
export interface RunningServer {
  readonly port: number
  readonly pid: number
  /** Sends it a message, and resolves with its answer. */
  ask(question: unknown): Promise<unknown>
}

/** What a run has open: its folder, databases, and servers, those aside that are started anew for each round. */
export class Bench extends Scope {
  readonly options: BenchOptions
  readonly folder = mkdtempSync(join(tmpdir(), 'leafpad-bench-'))
  readonly #children = new Set<ChildProcess>()
  #load: ChildProcess | undefined

  constructor(options: BenchOptions) {
    super()
    this.options = options
    // A run that is killed takes its servers along.
    const kill = () => {
      for (const child of this.#children) child.kill('SIGKILL')
    }
    process.once('exit', kill)
    this.after(() => process.removeListener('exit', kill))
  }

  /**
   * Starts a script that sends `{port}` when it listens. Its output, the log of a server, goes to a file, as an operator's would.
   * @param scope what it ends with
   * @param programs where it is built
   */
  async startServer(
    scope: Scope,
    script: string,
    scriptArguments: readonly string[] = [],
    programs: string = this.options.programs,
  ): Promise<RunningServer> {
    const child = this.#start('server', script, scriptArguments, programs, scope)
    const { port } = (await answerOf(child, script)) as { port: number }
    return {
      port,
      pid: child.pid!,
      ask(question) {
        child.send(question as object)
        return answerOf(child, script)
      },
    }
  }

  /** A running program that is no script of the bench, ended with the run. */
  startProgram(core: Core, command: readonly string[], env: NodeJS.ProcessEnv = process.env, cwd?: string): ChildProcess {
    const [program, ...rest] = onCore(core, command)
    const child = spawn(program!, rest, { stdio: ['ignore', 'pipe', 'pipe'], env, ...(cwd !== undefined && { cwd }) })
    // Nobody need read it, and a full pipe would hold the program up.
    child.stdout.resume()
    child.stderr.resume()
    this.#endWith(this, child)
    return child
  }

  /** What comes of a load for that long, after it was sent for a while to no account: a server compiles what it is asked for, and forgets it when it is not. */
  async measure(load: Omit<Load, 'durationMs'>, durationMs: number): Promise<LoadResult> {
    await this.warmUp(load)
    return this.run({ ...load, durationMs })
  }

  /** Sends a load to no account. */
  async warmUp(load: Omit<Load, 'durationMs'>): Promise<void> {
    const { warmUpMs } = this.options
    if (warmUpMs > 0) await this.run({ ...load, durationMs: warmUpMs })
  }

  /** Sends a load and resolves with what came of it. Rejects where an answer was not 2xx: what was measured then means nothing. */
  async run(load: Load): Promise<LoadResult> {
    this.#load ??= this.#start('load', 'load.ts', [], this.options.programs, this)
    this.#load.send(load)
    const { result, error } = (await answerOf(this.#load, 'load.ts')) as { result?: LoadResult; error?: string }
    if (result === undefined) throw new Error(error)
    if (result.failed > 0) throw new Error(`${result.failed} of ${result.failed + result.answered} answers were not 2xx`)
    return result
  }

  /** A PostgreSQL server of its own on the load's core, as durable as it is by default. */
  postgres(): Promise<PostgresServer> {
    return this.once('postgres', async () => {
      const server = await startPostgres()
      this.after(() => server.stop())
      return server
    })
  }

  /** The URL of a Redis server of its own on the load's core, which syncs every write to disk before it answers. */
  redis(): Promise<string> {
    return this.once('redis', async () => {
      if (spawnSync('redis-server', ['--version']).status !== 0) {
        throw new NotMeasurable('needs redis-server, which is not here: apt-get install redis-server')
      }
      const port = await freePort()
      const settings = ['--port', String(port), '--bind', '127.0.0.1', '--dir', this.folder, '--save', '']
      const child = this.startProgram('load', ['redis-server', ...settings, '--appendonly', 'yes', '--appendfsync', 'always'])
      await new Promise<void>((resolve, reject) => {
        let text = ''
        child.stdout!.on('data', (data) => {
          text += data
          if (text.includes('Ready to accept connections')) resolve()
        })
        child.once('exit', () => reject(new Error(`redis-server ended: ${text.slice(-500)}`)))
      })
      return `redis://127.0.0.1:${port}`
    })
  }

  override async close(): Promise<void> {
    await super.close()
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 })
  }

  #start(core: Core, script: string, scriptArguments: readonly string[], programs: string, scope: Scope): ChildProcess {
    const [program, ...rest] = onCore(core, [process.execPath, join(programs, `${builtName(script)}.js`), ...scriptArguments])
    const log = openSync(join(this.folder, `${builtName(script)}.log`), 'a')
    const child = spawn(program!, rest, { stdio: ['ignore', log, 'inherit', 'ipc'] })
    closeSync(log)
    this.#endWith(scope, child)
    return child
  }

  #endWith(scope: Scope, child: ChildProcess) {
    this.#children.add(child)
    const ended = once(child, 'exit').then(() => this.#children.delete(child))
    scope.after(async () => {
      child.kill()
      // What it writes until it has ended would be left behind.
      await ended
    })
  }
}

async function answerOf(child: ChildProcess, script: string): Promise<unknown> {
  const stopping = new AbortController()
  try {
    return await Promise.race([
      once(child, 'message', stopping).then(([message]) => message),
      once(child, 'exit', stopping).then(() => Promise.reject(new Error(`${script} ended with ${child.exitCode ?? child.signalCode}`))),
    ])
  } finally {
    stopping.abort()
  }
}

/** What a process has in memory, in bytes. */
export function residentBytes(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readProcess(pid, 'status'))!
  return Number(kilobytes) * 1024
}

function readProcess(pid: number, file: string): string {
  if (process.platform !== 'linux') throw new NotMeasurable('is read from /proc, which Linux alone has')
  return readFileSync(`/proc/${pid}/${file}`, 'utf8')
}
