/**
 * Lint, types and every test: `npm test`. With patterns (`npm test -- 'server/keys/*.test.ts'`) only the tests of those files.
 * Fails when anything fails, is skipped or cannot run. LEAFPAD_TEST_POSTGRES_URL takes a PostgreSQL server of one's own; without
 * it one is started for the run and stopped at its end.
 */
import '../server/check-node.ts'
import { spawn } from 'node:child_process'
import { globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { run as runFiles } from 'node:test'
import { spec } from 'node:test/reporters'
import { pathToFileURL } from 'node:url'
import { haveBuild, serverBuild } from '../server/have-build.ts'
import { haveDashboard } from '../server/have-dashboard.ts'
import { type PostgresServer, startPostgres } from '../server/testing/postgres.ts'
import { useMemoryForTemporaryFiles } from './temporary-folder.ts'

const root = dirname(import.meta.dirname)
const everyTest = '{server,dashboard,e2e,bench,scripts}/**/*.test.ts'

/**
 * Files that take longest, each in a process of its own, to be begun first, so that none of them runs alone at the end. A
 * server that ends leaves what was compiled of it to the next, so one that ends servers in order comes before one that kills many.
 */
const slowest = [
  'e2e/start-and-stop.test.ts',
  'e2e/key-states.browser.test.ts',
  'e2e/bootstrap.test.ts',
  'e2e/hostile-names.browser.test.ts',
  'e2e/account-states.browser.test.ts',
  'e2e/organization-states.browser.test.ts',
  'e2e/key-page-states.browser.test.ts',
  'e2e/kill.test.ts',
  'e2e/faults/faults.test.ts',
  'bench/bench.test.ts',
  'server/promises.test.ts',
  'server/admission/gate.test.ts',
  'e2e/several-copies.test.ts',
  'e2e/readme.test.ts',
]

/** How many processes share the other files in a browser: as many as begin early enough to have ended before the rest has. */
const browserRooms = 3

/** A process that hangs is ended, and what it runs named, before the run as a whole is. */
const processTimeoutMs = 600_000

const inBrowser = globSync('e2e/*.browser.test.ts', { cwd: root })
  .filter((file) => !slowest.includes(file))
  .sort()

const patterns = process.argv.slice(2)
const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort())

const failures: string[] = []
const removeTemporaryFiles = useMemoryForTemporaryFiles()
// What is read of the program is compiled by the first process or server that ends.
process.env.NODE_COMPILE_CACHE ??= mkdtempSync(join(tmpdir(), 'leafpad-compiled-'))
let postgres: PostgresServer | undefined
try {
  const files = findTests()
  const checks =
    patterns.length > 0
      ? []
      : [
          check('lint', 'biome', ['check', '.']),
          check('types', 'tsc', ['--noEmit']),
          check('types of the dashboard', 'tsc', ['--noEmit', '-p', 'dashboard']),
        ]
  // Built once here, not by every test that starts a server.
  await Promise.all([...checks, haveDashboard(console.log), haveBuild(serverBuild, console.log)])
  if (!stopping.signal.aborted) await runTests(files)
} catch (error) {
  failures.push(error instanceof Error ? error.message : String(error))
} finally {
  await postgres?.stop()
  removeTemporaryFiles()
}
if (stopping.signal.aborted) failures.push('The run was stopped.')
for (const failure of failures) console.error(`✖ ${failure}`)
process.exit(failures.length === 0 ? 0 : 1)

function findTests(): string[] {
  const wanted = patterns.length > 0 ? patterns : [everyTest]
  const found = globSync(wanted, { cwd: root, exclude: ['**/node_modules/**'] }).sort()
  if (found.length === 0) throw new Error(`No test file matches ${wanted.join(' ')}.`)
  const others = found.filter((file) => !slowest.includes(file))
  // A room takes longer than a file.
  const inRooms = others.filter((file) => roomOf(file) !== undefined)
  return [...slowest.filter((file) => found.includes(file)), ...inRooms, ...others.filter((file) => !inRooms.includes(file))]
}

/** Runs a tool on the whole tree; what it prints is printed. */
async function check(name: string, command: string, commandArguments: string[]): Promise<void> {
  const path = join(root, 'node_modules', '.bin', command)
  const child = spawn(path, commandArguments, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
  const stop = () => child.kill()
  stopping.signal.addEventListener('abort', stop, { once: true })
  const problem = await new Promise<string | undefined>((resolve) => {
    child.on('error', (error) => resolve(`${name} cannot run: ${error.message}. Remove node_modules and run the same command again.`))
    child.on('exit', (code) =>
      resolve(code === 0 ? undefined : `${name} failed; \`npx ${[command, ...commandArguments].join(' ')}\` runs it alone.`),
    )
  })
  stopping.signal.removeEventListener('abort', stop)
  if (problem === undefined) console.log(`✔ ${name}`)
  else failures.push(problem)
}

/**
 * The files of a room in one process, since reading the program takes longer than most of them; every other in one of its own. Two
 * processes more at once than there are cores, as most wait now and then; one database server for all.
 */
async function runTests(files: string[]): Promise<void> {
  if (process.env.LEAFPAD_TEST_POSTGRES_URL === undefined) {
    postgres = await startPostgres()
    process.env.LEAFPAD_TEST_POSTGRES_URL = postgres.url
  }
  const folder = mkdtempSync(join(tmpdir(), 'leafpad-rooms-'))
  const processes = Object.entries(Object.groupBy(files, (file) => roomOf(file) ?? file)).map(([name, ofOne]) => {
    if (name === ofOne![0]) return name
    const path = join(folder, `${name}.test.ts`)
    writeFileSync(path, ofOne!.map((file) => `import ${JSON.stringify(pathToFileURL(join(root, file)))}\n`).join(''))
    return path
  })
  const concurrency = availableParallelism() + 2
  const events = runFiles({ files: processes, cwd: root, concurrency, timeout: processTimeoutMs, signal: stopping.signal })
  let failed = 0
  events.on('test:fail', ({ todo }) => {
    if (todo === undefined) failed++
  })
  events.on('test:pass', ({ name, file, skip, todo }) => {
    if (skip !== undefined || todo !== undefined) failures.push(`"${name}" in ${file ?? 'a test file'} was skipped; nothing may be.`)
  })
  const report = events.compose(new spec() as never) as unknown as NodeJS.ReadableStream
  report.pipe(process.stdout)
  await new Promise((resolve) => report.on('end', resolve))
  rmSync(folder, { recursive: true })
  if (failed > 0) failures.push('Tests failed; they are named above.')
}

/** The files that share a process with this one, by a name; undefined: none, as what it starts or how long it takes is a matter of its own. */
function roomOf(file: string): string | undefined {
  if (slowest.includes(file)) return undefined
  const [top, room] = file.split('/')
  if (top === 'e2e') return inBrowser.includes(file) ? `browser-${inBrowser.indexOf(file) % browserRooms}` : undefined
  if (top !== 'server') return top
  return file.split('/').length === 2 ? 'server' : room
}
