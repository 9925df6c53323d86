import { chmodSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs'
import { join } from 'node:path'

/** Linux's folder in memory. */
const memory = '/dev/shm'

/** More than a run has in its folder at any moment: PostgreSQL's log and databases, an installation, browsers' profiles. */
const leastBytes = 4_000_000_000

/**
 * Gives this process and those it starts a folder in memory for temporary files, and returns what removes it again. To make and
 * remove files, each synced to the disk, is most of what many tests do; what reaches the disk no test can see, as none cuts the power.
 * Where TMPDIR is set, or there is not enough such memory (a container has little unless told otherwise), nothing is changed.
 */
export function useMemoryForTemporaryFiles(): () => void {
  if (process.env.TMPDIR !== undefined || !hasMemory()) return () => {}
  const folder = mkdtempSync(join(memory, 'leafpad-tests-'))
  // As any folder for temporary files: PostgreSQL runs as another user.
  chmodSync(folder, 0o1777)
  process.env.TMPDIR = folder
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  process.once('exit', remove)
  return () => {
    process.removeListener('exit', remove)
    delete process.env.TMPDIR
    remove()
  }
}

/** Whether there is such a folder, programs in it can be started, and it has room. */
function hasMemory(): boolean {
  try {
    const options = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .map((line) => line.split(' '))
      .findLast(([, mountedAt]) => mountedAt === memory)?.[3]
    const { bavail, bsize } = statfsSync(memory)
    return options !== undefined && !options.split(',').includes('noexec') && bavail * bsize > leastBytes
  } catch {
    return false
  }
}
