import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Failure } from './explain-failure.ts'

const root = join(import.meta.dirname, '..')

/** A build that is older than this and not of the present sources is removed; a younger one may be another process's. */
const keptMs = 3_600_000

/**
 * The folder of the dashboard as its sources are now, built if it is not there yet; null when it cannot be had. What takes time or
 * goes wrong is told in sentences. May run in several processes at once.
 */
export async function haveDashboard(tell: (text: string) => void, project: string = root): Promise<string | null> {
  const dist = join(project, 'dashboard', 'dist')
  const folder = join(dist, hashSources(project))
  if (isBuilt(folder)) return folder
  if (!canBuild(project)) {
    const older = builds(dist)[0]
    tell(`What builds the dashboard is not installed (npm ci installs it), so ${older ? 'an older build is served' : 'there is none'}.`)
    return older ?? null
  }
  tell('Building the dashboard …')
  const began = Date.now()
  await build(folder, project)
  for (const other of builds(dist)) {
    if (other !== folder && Date.now() - statSync(other).mtimeMs > keptMs) rmSync(other, { recursive: true, force: true })
  }
  tell(`Built the dashboard in ${((Date.now() - began) / 1000).toFixed(1)} s.`)
  return folder
}

/** Names what the dashboard is built of: its sources, and the packages in the lock file. */
function hashSources(project: string): string {
  const hash = createHash('sha256')
  const sources = globSync('dashboard/**/*', { cwd: project, exclude: ['dashboard/dist', 'dashboard/node_modules', '**/*.test.*'] })
  for (const path of [...sources.sort(), 'package-lock.json']) {
    if (statSync(join(project, path)).isFile())
      hash
        .update(`${path}\0`)
        .update(readFileSync(join(project, path)))
        .update('\0')
  }
  return hash.digest('hex').slice(0, 16)
}

/** Whole builds, the newest first. */
function builds(dist: string): string[] {
  if (!existsSync(dist)) return []
  const folders = readdirSync(dist).map((name) => join(dist, name))
  return folders.filter(isBuilt).sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)
}

function isBuilt(folder: string): boolean {
  return !/\.\d+$/.test(folder) && existsSync(join(folder, 'index.html'))
}

function canBuild(project: string): boolean {
  try {
    createRequire(join(project, 'dashboard', 'build.ts')).resolve('vite')
    return true
  } catch {
    return false
  }
}

/** Builds in a process of its own, which leaves nothing of the builder in this one. */
async function build(folder: string, project: string): Promise<void> {
  const child = spawn(process.execPath, [join(project, 'dashboard', 'build.ts'), folder], { stdio: ['ignore', 2, 2] })
  const stop = () => child.kill()
  process.once('exit', stop)
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('exit', resolve))
  process.removeListener('exit', stop)
  if (code !== 0 || !isBuilt(folder)) throw new Failure('The dashboard cannot be built; what is above says why.')
}
