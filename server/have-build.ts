import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Failure } from './failure.ts'
import { projectFolder } from './project-folder.ts'

/** What is built of the sources in a folder of the project by the `build.ts` in it. */
export interface Buildable {
  readonly folder: 'bench' | 'dashboard' | 'server'
  /** Further folders whose sources it is made of. */
  readonly of?: readonly string[]
  /** The package that builds it. */
  readonly builder: string
  /** The file that every whole build has. */
  readonly mark: string
}

export const dashboardBuild: Buildable = { folder: 'dashboard', builder: 'vite', mark: 'index.html' }
export const serverBuild: Buildable = { folder: 'server', builder: 'rolldown', mark: 'main.js' }
export const benchBuild: Buildable = { folder: 'bench', of: ['server'], builder: 'rolldown', mark: 'load.js' }

/** What is older than this and not of the present sources, or was never finished, is removed; what is younger may be another process's. */
const keptMs = 3_600_000

/**
 * The folder with what was built of the sources as they are now, built if it is not there yet; null when what builds it is not
 * installed. What takes time is told in sentences. Rejects with a Failure when the sources cannot be built. May run in several
 * processes at once.
 */
export async function haveBuild(
  buildable: Buildable,
  tell: (text: string) => void,
  project: string = projectFolder,
): Promise<string | null> {
  const folder = join(project, buildable.folder, 'dist', hashSources(buildable, project))
  if (isBuilt(buildable, folder)) return folder
  if (!canBuild(buildable, project)) return null
  tell(`Building the ${buildable.folder} …`)
  const began = Date.now()
  await buildWhole(buildable, folder, project)
  for (const other of inDist(buildable, project)) {
    // Another process may have just finished it, under another name, or removed it.
    const changedAt = statSync(other, { throwIfNoEntry: false })?.mtimeMs
    if (other !== folder && changedAt !== undefined && Date.now() - changedAt > keptMs) rmSync(other, { recursive: true, force: true })
  }
  tell(`Built the ${buildable.folder} in ${((Date.now() - began) / 1000).toFixed(1)} s.`)
  return folder
}

/** Whole builds of whatever sources, the newest first. */
export function builds(buildable: Buildable, project: string = projectFolder): string[] {
  const whole = inDist(buildable, project).filter((folder) => isBuilt(buildable, folder))
  return whole.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)
}

function inDist(buildable: Buildable, project: string): string[] {
  const dist = join(project, buildable.folder, 'dist')
  return existsSync(dist) ? readdirSync(dist).map((name) => join(dist, name)) : []
}

/**
 * Names what is built: its sources, and the packages in the lock file, each by when it was changed last and its size. Reading them all
 * would take a good part of the start.
 */
function hashSources({ folder, of = [] }: Buildable, project: string): string {
  const hash = createHash('sha256')
  const sources = [folder, ...of].flatMap((one) => sourcesIn(project, one))
  for (const path of [...sources, 'package-lock.json']) {
    const { mtimeNs, size } = statSync(join(project, path), { bigint: true })
    hash.update(`${path}\0${mtimeNs}\0${size}\0`)
  }
  return hash.digest('hex').slice(0, 16)
}

/** By hand, since every start waits for it, and a pattern takes ten times as long. */
function sourcesIn(project: string, folder: string): string[] {
  const entries = readdirSync(join(project, folder), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  return entries.flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) return /^(dist|node_modules|testing)$/.test(entry.name) ? [] : sourcesIn(project, path)
    return /\.test\./.test(entry.name) || !entry.isFile() ? [] : [path]
  })
}

function isBuilt({ mark }: Buildable, folder: string): boolean {
  return /[0-9a-f]{16}$/.test(folder) && existsSync(join(folder, mark))
}

function canBuild({ folder, builder }: Buildable, project: string): boolean {
  try {
    createRequire(join(project, folder, 'build.ts')).resolve(builder)
    return true
  } catch {
    return false
  }
}

/** Builds a folder that appears whole or not at all, so that several processes may build it at once. */
async function buildWhole(buildable: Buildable, folder: string, project: string): Promise<void> {
  const unfinished = `${folder}.${randomBytes(4).toString('hex')}`
  try {
    await build(buildable, unfinished, project)
    renameSync(unfinished, folder)
  } catch (error) {
    // Another build of the same sources was faster.
    if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  } finally {
    rmSync(unfinished, { recursive: true, force: true })
  }
}

/** Builds in a process of its own, which leaves nothing of the builder in this one. */
async function build({ folder, mark }: Buildable, target: string, project: string): Promise<void> {
  const { spawn } = await import('node:child_process')
  const child = spawn(process.execPath, [join(project, folder, 'build.ts'), target], { stdio: ['ignore', 2, 2] })
  const stop = () => child.kill()
  process.once('exit', stop)
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('exit', resolve))
  process.removeListener('exit', stop)
  if (code !== 0 || !existsSync(join(target, mark))) throw new Failure(`The ${folder} cannot be built; what is above says why.`)
}
