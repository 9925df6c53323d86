import assert from 'node:assert/strict'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { haveDashboard } from './have-dashboard.ts'

const root = join(import.meta.dirname, '..')

/** A project whose dashboard is one page, built by the real builder unless nothing is installed. */
function sampleProject(t: TestContext, { installed = true } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'leafpad-build-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  for (const name of ['dashboard', 'server']) mkdirSync(join(folder, name))
  const write = (path: string, text: string) => writeFileSync(join(folder, path), text)
  for (const path of ['dashboard/build.ts', 'server/check-node.ts']) cpSync(join(root, path), join(folder, path))
  write('package-lock.json', '{}')
  write('package.json', '{"type": "module"}')
  write('dashboard/vite.config.ts', 'export default { root: import.meta.dirname }')
  write('dashboard/index.html', '<script type="module" src="./main.ts"></script>')
  write('dashboard/main.ts', 'console.log("one")')
  if (installed) symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  const told: string[] = []
  return { folder, write, told, have: () => haveDashboard((text) => told.push(text), folder) }
}

test('the dashboard is built when it is missing or its sources have changed, and not otherwise', async (t) => {
  const { have, write, told } = sampleProject(t)
  const first = await have()
  assert.match(told.join('\n'), /^Building the dashboard …\nBuilt the dashboard in [\d.]+ s\.$/)
  assert.match(readFileSync(join(first!, 'index.html'), 'utf8'), /assets\/index-[\w-]+\.js/)
  told.length = 0
  assert.equal(await have(), first)
  assert.deepEqual(told, [])
  write('dashboard/main.ts', 'console.log("two")')
  const second = await have()
  assert.notEqual(second, first)
  write('package-lock.json', '{"packages": {}}')
  assert.notEqual(await have(), second)
  assert.equal(existsSync(first!), true, 'another process may have that one yet')
})

test('builds of other sources, whole or not, are removed an hour later', async (t) => {
  const { have, folder, write } = sampleProject(t)
  const first = await have()
  const half = join(folder, 'dashboard', 'dist', '0123456789abcdef.01234567')
  mkdirSync(half)
  for (const old of [first!, half]) utimesSync(old, 0, Date.now() / 1000 - 3_601)
  write('dashboard/main.ts', 'console.log("two")')
  const second = await have()
  assert.deepEqual(readdirSync(join(folder, 'dashboard', 'dist')), [basename(second!)])
})

test('two that build at the same time both have it in the end, whole', async (t) => {
  const { have } = sampleProject(t)
  const [one, two] = await Promise.all([have(), have()])
  assert.equal(one, two)
  assert.equal(existsSync(join(one!, 'index.html')), true)
})

test('sources that cannot be built are told of, and leave nothing half-built', async (t) => {
  const { have, write, folder } = sampleProject(t)
  write('dashboard/main.ts', 'this is no script')
  await assert.rejects(have(), /The dashboard cannot be built; what is above says why\./)
  assert.equal(existsSync(join(folder, 'dashboard', 'dist', 'index.html')), false)
})

test('without what builds it, an older build is served, or none, and that is told', async (t) => {
  const { have, folder, told } = sampleProject(t, { installed: false })
  assert.equal(await have(), null)
  assert.match(told.join(), /not installed \(npm ci installs it\), so there is none\./)
  const older = join(folder, 'dashboard', 'dist', '0123456789abcdef')
  mkdirSync(older, { recursive: true })
  writeFileSync(join(older, 'index.html'), '')
  assert.equal(await have(), older)
  assert.match(told.join(), /an older build is served/)
})
