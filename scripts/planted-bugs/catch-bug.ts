import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bug } from './bug.ts'
import { findFirstFailure } from './first-failure.ts'
import { plant } from './plant.ts'
import type { Failure } from './report-failures.ts'
import type { ScratchCopy } from './scratch-copy.ts'

/** Plants a bug in a copy, runs its tests, and takes it out again. Gives the test that caught it; undefined when none did. */
export async function catchBug(copy: ScratchCopy, bug: Bug, stopping: AbortSignal): Promise<Failure | undefined> {
  const path = join(copy.folder, bug.file)
  const text = readFileSync(path, 'utf8')
  writeFileSync(path, plant(text, bug))
  try {
    return await findFirstFailure(copy, bug.tests, stopping)
  } finally {
    writeFileSync(path, text)
  }
}
