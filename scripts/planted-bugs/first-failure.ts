import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, relative } from 'node:path'
import { createInterface } from 'node:readline'
import type { Failure } from './report-failures.ts'
import type { ScratchCopy } from './scratch-copy.ts'

/** Longer than any test takes on a busy machine: one that waits for what the bug never lets come has failed, too. */
const testTimeoutMs = 120_000

/**
 * The first test of `files` that fails in a copy, or undefined when all pass. The rest is not run. Throws when a file cannot be run at all:
 * a bug that keeps it from loading is caught by no test. Until it ends, `stopping` stops it.
 */
export async function findFirstFailure(
  { folder, temporary }: ScratchCopy,
  files: readonly string[],
  stopping: AbortSignal,
): Promise<Failure | undefined> {
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env
  const reporter = join(import.meta.dirname, 'report-failures.ts')
  const options = ['--test-concurrency=1', `--test-timeout=${testTimeoutMs}`, `--test-reporter=${reporter}`]
  const run = spawn(process.execPath, ['--test', ...options, ...files], {
    cwd: folder,
    env: { ...environment, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that with the run everything ends that its tests have started.
    detached: true,
  })
  const ended = once(run, 'close')
  const stop = () => {
    try {
      process.kill(-run.pid!, 'SIGKILL')
    } catch {
      // It has ended by itself.
    }
  }
  stopping.addEventListener('abort', stop, { once: true })
  let errors = ''
  run.stderr.on('data', (text) => {
    errors = (errors + text).slice(-4_000)
  })
  try {
    for await (const line of createInterface({ input: run.stdout })) {
      const failure: Failure = JSON.parse(line)
      const file = relative(folder, failure.file)
      if (failure.isWholeFile) throw new Error(`${file} ended without a test that failed: ${failure.message}\n${errors}`)
      return { ...failure, file }
    }
    const [code] = await ended
    stopping.throwIfAborted()
    if (code !== 0) throw new Error(`The tests could not be run (${code}): ${errors}`)
    return undefined
  } finally {
    stop()
    stopping.removeEventListener('abort', stop)
    await ended
  }
}
