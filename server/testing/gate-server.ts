import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { TestContext } from 'node:test'
import type { Database } from '../database/database.ts'
import type { Command, Flood, Seen } from './gate-process.ts'
import { locationOf } from './test-database.ts'

/** A process that admits requests, driven from a test. */
export interface GateServer {
  flood(flood: Flood): Promise<Seen[]>
  moveClock(clockOffsetMs: number): Promise<void>
  stop(): Promise<void>
  readonly process: ChildProcess
}

/** Starts a process with a gate of its own on the test's database; it ends with the test. */
export async function startGateServer(database: Database, quota: number, test: Pick<TestContext, 'after'>): Promise<GateServer> {
  const child = fork(new URL('./gate-process.ts', import.meta.url), [locationOf(database), String(quota)], { serialization: 'advanced' })
  test.after(() => child.kill('SIGKILL'))
  // A process that fails must fail the test, not leave it waiting for an answer.
  const failed = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`the gate's process ended (${code ?? signal})`)
  })
  failed.catch(() => {})
  await Promise.race([once(child, 'message'), failed])

  async function command(message: Command): Promise<Seen[]> {
    child.send(message)
    const [seen] = await Promise.race([once(child, 'message'), failed])
    return seen
  }

  return {
    process: child,
    flood: (flood) => command({ flood }),
    moveClock: async (clockOffsetMs) => void (await command({ clockOffsetMs })),
    async stop() {
      const ended = once(child, 'exit')
      child.send({ stop: true })
      await ended
    },
  }
}
