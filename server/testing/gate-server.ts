import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { after, type TestContext } from 'node:test'
import type { Database } from '../database/database.ts'
import type { Command, Flood, Seen } from './gate-process.ts'
import { locationOf } from './test-database.ts'

/** A process that admits requests, driven from a test. */
export interface GateServer {
  flood(flood: Flood): Promise<Seen[]>
  moveClock(clockOffsetMs: number): Promise<void>
  /** Ends the process in order. */
  stop(): Promise<void>
}

/** Processes without a database, for the next test: to start one takes longer than most tests do. */
const idle: ChildProcess[] = []

after(() => {
  for (const child of idle) child.kill('SIGKILL')
})

/** A process with a gate of its own on the test's database, for this test alone. */
export async function startGateServer(database: Database, quota: number, test: Pick<TestContext, 'after'>): Promise<GateServer> {
  const reused = idle.pop()
  const child = reused ?? fork(new URL('./gate-process.ts', import.meta.url), { serialization: 'advanced' })
  const ending = new AbortController()
  // A process that fails must fail the test, not leave it waiting for an answer.
  const failed = once(child, 'exit', ending).then(([code, signal]) => {
    throw new Error(`the gate's process ended (${code ?? signal})`)
  })
  failed.catch(() => {})
  let unanswered = 0
  test.after(async () => {
    if (unanswered > 0) return void child.kill('SIGKILL')
    await command({ close: true }).then(
      () => idle.push(child),
      () => child.kill('SIGKILL'),
    )
    ending.abort()
  })
  if (reused === undefined) await Promise.race([once(child, 'message'), failed])
  await command({ open: { location: locationOf(database), quota } })

  async function command(message: Command): Promise<Seen[]> {
    unanswered++
    if (!child.connected) throw new Error("the gate's process has ended")
    child.send(message)
    const [seen] = await Promise.race([once(child, 'message'), failed])
    unanswered--
    return seen
  }

  return {
    flood: (flood) => command({ flood }),
    moveClock: async (clockOffsetMs) => void (await command({ clockOffsetMs })),
    async stop() {
      const ended = once(child, 'exit')
      child.send({ stop: true })
      await ended
    },
  }
}
