import { spawnSync } from 'node:child_process'
import { cpus } from 'node:os'

/** Where a process runs: servers on one core; the load, databases beside a server and the bench itself on another. */
export type Core = 'server' | 'load'

const numbers: Record<Core, string> = { server: '0', load: '1' }

/** Whether processes can be held to a core here: two of them, and taskset (Linux). */
export const pins = cpus().length > 1 && spawnSync('taskset', ['-c', numbers.server, 'true']).status === 0

/** Holds this process, and what it starts without saying where, to the load's core. */
export function pinThisProcess(): void {
  if (pins) moveThisProcess(numbers.load)
}

/** Has what is started meanwhile run on any core, as a person's browser does. */
export async function onAnyCore<Result>(start: () => Promise<Result>): Promise<Result> {
  if (!pins) return start()
  moveThisProcess(`0-${cpus().length - 1}`)
  try {
    return await start()
  } finally {
    pinThisProcess()
  }
}

function moveThisProcess(cores: string): void {
  spawnSync('taskset', ['-a', '-c', '-p', cores, String(process.pid)])
}

/** A command that runs on a core. */
export function onCore(core: Core, command: readonly string[]): readonly string[] {
  return pins ? ['taskset', '-c', numbers[core], ...command] : command
}
