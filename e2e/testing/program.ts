import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { atEnd } from './at-end.ts'

export const root = dirname(dirname(import.meta.dirname))

export interface Program {
  readonly child: ChildProcess
  /** What it has written so far. */
  readonly out: string
  readonly err: string
  /** Resolves with what `pattern` matched on either output; rejects when the program ends before. */
  said(pattern: RegExp): Promise<RegExpExecArray>
  /** Resolves when it has ended and all it wrote was read. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>
}

/** Where the machine's own Node and npm are, without what npm puts before them for its scripts. */
export const machinePath = process.env
  .PATH!.split(delimiter)
  .filter((folder) => !folder.endsWith(join('node_modules', '.bin')) && !folder.includes('node-gyp-bin'))
  .join(delimiter)

/** A new folder that is gone after the test. */
export function temporaryFolder(t: { after(end: () => Promise<void>): void }): string {
  const folder = mkdtempSync(join(tmpdir(), 'leafpad-e2e-'))
  atEnd(t, () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}

/** The environment of the tests without any setting of LeafPad, and with those given. */
export function environment(settings: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('LEAFPAD_') && !name.startsWith('NODE_TEST'))
  return { ...Object.fromEntries(inherited), ...settings }
}

/** Starts a program in a process group of its own; what is left of the group is killed after the test. */
export function startProgram(
  t: { after(end: () => Promise<void>): void },
  command: readonly [string, ...string[]],
  options: { readonly cwd?: string; readonly env: NodeJS.ProcessEnv },
): Program {
  const child = spawn(command[0], command.slice(1), { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], detached: true, ...options })
  const written = { out: '', err: '' }
  const listeners = new Set<() => void>()
  for (const [name, stream] of [
    ['out', child.stdout!],
    ['err', child.stderr!],
  ] as const) {
    stream.setEncoding('utf8').on('data', (text) => {
      written[name] += text
      for (const listener of listeners) listener()
    })
  }
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal }))
  atEnd(t, async () => {
    try {
      process.kill(-child.pid!, 'SIGKILL')
    } catch {
      // It has ended.
    }
    await ended
  })
  return {
    child,
    ended,
    get out() {
      return written.out
    },
    get err() {
      return written.err
    },
    said(pattern) {
      return new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(written.out) ?? pattern.exec(written.err)
          if (match === null) return
          listeners.delete(look)
          resolve(match)
        }
        listeners.add(look)
        look()
        void ended.then(({ code }) => reject(new Error(`ended with ${code} and never said ${pattern}:\n${written.out}${written.err}`)))
      })
    },
  }
}

/** Starts `leafpad-server` on this Node with the settings and arguments. */
export function startServer(
  t: { after(end: () => Promise<void>): void },
  settings: Readonly<Record<string, string>>,
  ...commandArguments: string[]
): Program {
  return startProgram(t, [process.execPath, join('server', 'launch.ts'), ...commandArguments], { env: environment(settings) })
}
