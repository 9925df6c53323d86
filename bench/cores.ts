import { spawnSync } from 'node:child_process'
import { cpus } from 'node:os'

/** Where a process runs: servers on one core; the load, databases beside a server and the bench itself on another. */
export type Core = 'server' | 'load'

const numbers: Record<Core, string> = { server: '0', load: '1' }

/** Whether processes can be held to a core here: two of them, and taskset (Linux). */
export const pins = cpus().length > 1 && spawnSync('taskset', ['-c', numbers.server, 'true']).status === 0

/** Holds this process, and what it starts without saying where, to the load's core. */
export function pinThisProcess(): void {
  if (pins) spawnSync('taskset', ['-a', '-c', '-p', numbers.load, String(process.pid)])
}

/** A command that runs on a core. */
export function onCore(core: Core, command: readonly string[]): readonly string[] {
  return pins ? ['taskset', '-c', numbers[core], ...command] : command
}
