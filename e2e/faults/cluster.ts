import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { freePort } from '../../server/testing/postgres.ts'
import { environment, type Program, startProgram, temporaryFolder } from '../testing/program.ts'
import { type Pair, startPair } from './database.ts'
import { openTcpProxy, type TcpProxy } from './tcp-proxy.ts'

/** A server process, and its ways to the two PostgreSQL servers. */
export interface Copy {
  readonly url: string
  readonly ways: readonly TcpProxy[]
  program: Program
  /** Starts it again and again until it listens. */
  start(): Promise<void>
}

export interface Cluster {
  readonly pair: Pair
  readonly copies: readonly Copy[]
  readonly origin: string
  /** Where the copies keep the files of documents. */
  readonly filesFolder: string
  /** Of the set-up link. */
  readonly setUpToken: string
  /** Keeps every copy from a PostgreSQL server, or lets it again. */
  fence(node: number): void
  unfence(node: number): void
  remove(): Promise<void>
}

/** How far the clocks of the copies are from the true one. */
const skewsMs = [0, 15 * 60_000, -15 * 60_000]

/** Three server processes with clocks of their own, on a PostgreSQL primary with a synchronous standby. */
export async function startCluster(quota: number): Promise<Cluster> {
  const hooks: (() => unknown)[] = []
  const t = { after: (hook: () => unknown) => void hooks.push(hook) }
  const running = new Set<Program>()
  // A run that is ended takes its servers along.
  const atExit = () => {
    for (const { child } of running) child.kill('SIGKILL')
  }
  process.once('exit', atExit)
  const pair = await startPair()
  const origin = 'http://localhost:3000'
  const common = {
    LEAFPAD_DATA_DIR: temporaryFolder(t),
    LEAFPAD_FILES: 'shared',
    LEAFPAD_PUBLIC_URL: origin,
    LEAFPAD_SIGN_UP: 'open',
    LEAFPAD_DAILY_QUOTA: String(quota),
    LEAFPAD_MAX_LIVE_KEYS_PER_MEMBER: '10000',
    LEAFPAD_MAX_STORAGE_BYTES: '10000000000',
    // Attempts to sign up are limited for an address, and here all come from one.
    LEAFPAD_TRUSTED_PROXIES: '127.0.0.1',
    LEAFPAD_LOG_LEVEL: 'error',
    LEAFPAD_DRAIN_MS: '0',
  }
  const copies = await Promise.all(
    skewsMs.map(async (skewMs): Promise<Copy> => {
      const port = await freePort()
      const ways = await Promise.all(pair.nodes.map((node) => openTcpProxy(node.port)))
      const hosts = ways.map((way) => `127.0.0.1:${way.port}`).join(',')
      const env = environment({
        ...common,
        LEAFPAD_PORT: String(port),
        LEAFPAD_DATABASE_URL: `postgres://postgres@${hosts}/postgres`,
        LEAFPAD_TEST_SKEW_MS: String(skewMs),
      })
      const skewed = ['--import', join(import.meta.dirname, 'skew-clock.ts')]
      const start = () => {
        const program = startProgram(t, [process.execPath, ...skewed, join('server', 'launch.ts'), 'serve', '--no-dashboard'], { env })
        running.add(program)
        void program.ended.then(() => running.delete(program))
        return program
      }
      const copy: Copy = {
        url: `http://127.0.0.1:${port}`,
        ways,
        program: start(),
        async start() {
          for (;;) {
            copy.program = start()
            const listens = await copy.program.said(/LeafPad listens on/).then(
              () => true,
              () => false,
            )
            if (listens) return
            await setTimeout(100)
          }
        },
      }
      return copy
    }),
  )
  const [link] = await Promise.all(copies.map(({ program }) => program.said(/LeafPad listens on[\s\S]*set-up#token=([\w-]{43})\n/)))
  return {
    pair,
    copies,
    origin,
    filesFolder: join(common.LEAFPAD_DATA_DIR, 'files'),
    setUpToken: link![1]!,
    fence(node) {
      for (const { ways } of copies) ways[node]!.close()
    },
    unfence(node) {
      for (const { ways } of copies) ways[node]!.open()
    },
    async remove() {
      process.removeListener('exit', atExit)
      // First the processes, then the folder they write to.
      for (const hook of hooks.reverse()) await hook()
      for (const { ways } of copies) for (const way of ways) way.end()
      await pair.remove()
      rmSync(common.LEAFPAD_DATA_DIR, { recursive: true, force: true })
    },
  }
}
