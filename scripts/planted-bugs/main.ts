/**
 * Plants bugs, one after the other, in a copy of the tree, and tells which test catches each: `npm run planted-bugs`. With names
 * (`npm run planted-bugs -- 'the day is the local one'`) only those; with `--write` the table goes into docs/promises.md, where other rows stay as they are. Fails when one is not caught,
 * or when a test fails without any. LEAFPAD_TEST_POSTGRES_URL takes a PostgreSQL server of one's own; without it one is started.
 */
import '../../server/check-node.ts'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { type PostgresServer, startPostgres } from '../../server/testing/postgres.ts'
import { useMemoryForTemporaryFiles } from '../temporary-folder.ts'
import { bugs } from './bugs.ts'
import { catchBug } from './catch-bug.ts'
import { findFirstFailure } from './first-failure.ts'
import { makeScratchCopy } from './scratch-copy.ts'
import { type Caught, caughtIn, nameInSource, withBugs } from './table.ts'

const root = dirname(dirname(import.meta.dirname))
const documentPath = join(root, 'docs', 'promises.md')

const { values, positionals: names } = parseArgs({ allowPositionals: true, options: { write: { type: 'boolean', default: false } } })
const unknown = names.filter((name) => !bugs.some((bug) => bug.name === name))
if (unknown.length > 0) fail(`There is no bug ${unknown.map((name) => `"${name}"`).join(', ')} in scripts/planted-bugs/bugs.ts.`)
const wanted = names.length === 0 ? bugs : bugs.filter((bug) => names.includes(bug.name))

const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort(new Error('The run was stopped.')))

const removeTemporaryFiles = useMemoryForTemporaryFiles()
const copy = makeScratchCopy(root)
const caught: Caught[] = []
const problems: string[] = []
let postgres: PostgresServer | undefined
try {
  if (process.env.LEAFPAD_TEST_POSTGRES_URL === undefined) {
    postgres = await startPostgres()
    process.env.LEAFPAD_TEST_POSTGRES_URL = postgres.url
  }
  await requireSoundTests()
  for (const bug of wanted) await look(bug)
} catch (error) {
  problems.push(error instanceof Error ? error.message : String(error))
} finally {
  await postgres?.stop()
  copy.remove()
  removeTemporaryFiles()
}
if (problems.length > 0) fail(problems.map((problem) => `✖ ${problem}`).join('\n'))
console.log(`All ${wanted.length} planted bugs were caught.`)
if (values.write) {
  const document = readFileSync(documentPath, 'utf8')
  const rows = new Map([...caughtIn(document, bugs), ...caught].map((row) => [row.bug, row]))
  writeFileSync(
    documentPath,
    withBugs(
      document,
      bugs.flatMap((bug) => rows.get(bug) ?? []),
    ),
  )
}

/** A test that fails as it is catches nothing. It also makes the tests' template database, before there is any bug. */
async function requireSoundTests() {
  const files = [...new Set(wanted.flatMap((bug) => bug.tests))]
  const failure = await findFirstFailure(copy, files, stopping.signal)
  if (failure !== undefined) throw new Error(`"${failure.name}" in ${failure.file} fails without a bug: ${failure.message}`)
  console.log(`✔ ${files.length} test files pass without a bug`)
}

async function look(bug: (typeof bugs)[number]) {
  const beganAt = performance.now()
  try {
    const failure = await catchBug(copy, bug, stopping.signal)
    const seconds = ((performance.now() - beganAt) / 1000).toFixed(1)
    if (failure === undefined) throw new Error(`Not caught: ${bug.name} (${bug.file}). A test of this promise is missing.`)
    caught.push({ bug, file: failure.file, test: nameInSource(readFileSync(join(root, failure.file), 'utf8'), failure.name) })
    console.log(`✔ ${bug.name} (${seconds} s)\n  caught by "${failure.name}" in ${failure.file}`)
  } catch (error) {
    stopping.signal.throwIfAborted()
    const problem = error instanceof Error ? error.message : String(error)
    problems.push(problem)
    console.log(`✖ ${bug.name}\n  ${problem}`)
  }
}

function fail(message: string): never {
  console.error(message)
  process.exit(1)
}
