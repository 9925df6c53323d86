import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import type { Bug } from './bug.ts'
import { bugs } from './bugs.ts'
import { catchBug } from './catch-bug.ts'
import { plant } from './plant.ts'
import { makeScratchCopy } from './scratch-copy.ts'
import { bugsIn, nameInSource } from './table.ts'

const root = dirname(dirname(import.meta.dirname))
const read = (file: string) => readFileSync(join(root, file), 'utf8')

test('every bug can still be planted: its line is in the product, once', () => {
  for (const bug of bugs) assert.notEqual(plant(read(bug.file), bug), read(bug.file), bug.name)
})

test('every bug has a name of its own and tests that are there, and is in no migration or test', () => {
  assert.equal(new Set(bugs.map(({ name }) => name)).size, bugs.length)
  for (const { name, file, tests } of bugs) {
    assert.ok(!/migrations\/|\/testing\/|\.test\.ts$/.test(file), name)
    assert.ok(tests.length > 0 && tests.every((test) => existsSync(join(root, test))), name)
  }
})

test('docs/promises.md names every bug, with the test that caught it, and no other; npm run planted-bugs -- --write writes them', () => {
  const rows = [...bugsIn(read('docs/promises.md')).matchAll(/^\| (.+) \| `(.+)` \| .+ \| `(.+)`: “.+” \|$/gm)]
  assert.deepEqual(
    rows.map(([, name, file]) => [name, file]),
    bugs.map(({ name, file }) => [name, file]),
  )
  for (const [index, bug] of bugs.entries()) assert.ok(bug.tests.includes(rows[index]![3]!), bug.name)
})

test('a line that is gone, or there twice, is told with its bug and what to do', () => {
  const bug = { name: 'a bug', file: 'a.ts', line: 'one()', becomes: '', breaks: 'rule', tests: [] } as const satisfies Bug
  assert.throws(() => plant('two()\n', bug), /"a bug" is 0 times in a\.ts[\s\S]*bugs\.ts/)
  assert.throws(() => plant('one()\n  one()\n', bug), /"a bug" is 2 times in a\.ts/)
  assert.equal(plant('two()\n  one()\n', { ...bug, becomes: 'three()' }), 'two()\n  three()\n')
})

test('a bug is caught by the test that fails, a change that breaks nothing is not, and one that keeps the program from loading is an error', async (t) => {
  const copy = makeScratchCopy(root)
  t.after(copy.remove)
  const tests = ['server/admission/verdict.test.ts']
  const expiry = bugs.find(({ file, tests: [first] }) => file === 'server/admission/verdict.ts' && first === tests[0])!
  const { signal } = new AbortController()
  const caught = await catchBug(copy, expiry, signal)
  assert.ok(caught)
  assert.equal(caught.file, tests[0])
  assert.equal(nameInSource(read(caught.file), caught.name), caught.name)
  assert.equal(await catchBug(copy, { ...expiry, becomes: `${expiry.line} // as it was`, tests }, signal), undefined)
  await assert.rejects(catchBug(copy, { ...expiry, becomes: 'if (', tests }, signal), /ended without a test that failed/)
  assert.equal(readFileSync(join(copy.folder, expiry.file), 'utf8'), read(expiry.file))
})

test('the name of a test is written as its source has it', () => {
  const source = `it('keeps it', () => {})\nfor (const end of ends) it(\`ends after \${end} was acknowledged\`, () => {})`
  assert.equal(nameInSource(source, 'keeps it'), 'keeps it')
  assert.equal(nameInSource(source, 'ends after a (revoke) was acknowledged'), 'ends after … was acknowledged')
  assert.throws(() => nameInSource(source, 'keeps'), /not found/)
})
