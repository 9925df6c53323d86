import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { projectFolder } from './project-folder.ts'

/** A project whose server says where it runs from, and with what, built by the real builder unless nothing is installed. */
function sampleProject(t: TestContext, { installed = true } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'leafpad-launch-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, 'server'), { recursive: true })
  const write = (path: string, text: string) => writeFileSync(join(folder, path), text)
  for (const name of ['launch.ts', 'build.ts', 'bundle.ts', 'have-build.ts', 'failure.ts', 'project-folder.ts', 'check-node.ts'])
    cpSync(join(projectFolder, 'server', name), join(folder, 'server', name))
  write('package.json', '{"type": "module"}')
  write('package-lock.json', '{}')
  const say = (text: string) => write('server/main.ts', `console.log(${JSON.stringify(text)}, import.meta.dirname, process.argv[2])`)
  if (installed) symlinkSync(join(projectFolder, 'node_modules'), join(folder, 'node_modules'))
  const launch = () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['server/launch.ts', 'serve'], { cwd: folder, encoding: 'utf8' })
    return { status, out: stdout.trim(), err: stderr.trim() }
  }
  return { folder, write, say, launch }
}

test('the server runs as it was built, and is built anew when its sources have changed, and not otherwise', (t) => {
  const { say, launch } = sampleProject(t)
  say('one')
  const first = launch()
  assert.match(first.err, /^Building the server …\nBuilt the server in [\d.]+ s\.$/)
  assert.match(first.out, /^one \S+\/server\/dist\/[0-9a-f]{16} serve$/)
  assert.deepEqual(launch(), { status: 0, out: first.out, err: '' })
  say('two')
  assert.match(launch().out, /^two \S+\/server\/dist\/[0-9a-f]{16} serve$/)
})

test('what is not of the server itself does not have it built anew', (t) => {
  const { say, write, launch } = sampleProject(t)
  say('one')
  launch()
  write('server/main.test.ts', '')
  assert.equal(launch().err, '')
})

test('where the server cannot be built its sources run, and that is told', (t) => {
  const { say, launch, folder } = sampleProject(t, { installed: false })
  say('one')
  const told = 'The server runs from its sources, which takes it longer to start.'
  assert.deepEqual(launch(), { status: 0, out: `one ${join(folder, 'server')} serve`, err: told })
})

test('a build that fails leaves nothing half-built, and the sources run', (t) => {
  const { say, write, launch, folder } = sampleProject(t)
  say('one')
  write('server/build.ts', 'throw new Error("the disk is full")')
  const { out, err, status } = launch()
  assert.match(err, /the disk is full[\s\S]*The server cannot be built; what is above says why\.\nThe server runs from its sources/)
  assert.deepEqual({ out, status }, { out: `one ${join(folder, 'server')} serve`, status: 0 })
  assert.deepEqual(readdirSync(join(folder, 'server')).includes('dist'), false)
})
