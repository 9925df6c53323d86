import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { forbiddenImports, importsOf, type SourceFile, sourceFiles } from './imports.ts'

const root = join(import.meta.dirname, '..', '..')

function read(): SourceFile[] {
  return sourceFiles(root).map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

test('no file imports what the table in ARCHITECTURE.md does not allow, and no imports go in a circle', () => {
  const files = read()
  assert.ok(files.length > 30, 'the files were found')
  assert.deepEqual(forbiddenImports(files), [])
})

const samples: [path: string, text: string, says: RegExp][] = [
  [
    'server/keys/revoke-key.ts',
    "import { admit } from '../admission/queue.ts'",
    /keys may import of admission only limits.ts and requests.ts and table.ts and use.ts/,
  ],
  ['server/knowledge-base/x.ts', "import type { KeyTables } from '../keys/table.ts'", /knowledge-base may not import keys/],
  ['server/organizations/x.ts', "import { generateKey } from '../keys/generate-key.ts'", /organizations may not import keys/],
  [
    'server/keys/x.ts',
    "import { createInvitation } from '../organizations/create-invitation.ts'",
    /only find-session\.ts and member\.ts and policy\.ts and read-user-name\.ts and require-active-organization\.ts and roles\.ts/,
  ],
  ['server/admission/x.ts', "import { hash } from '../keys/secret.ts'", /only .*table\.ts/],
  ['server/keys/x.ts', "import '../http/errors.ts'", /keys may not import http/],
  ['server/http/x.ts', "import { buildApp } from '../app.ts'", /http may not import app/],
  ['server/app.ts', "import './main.ts'", /app may not import main/],
  ['server/database/x.ts', "import { LeafPadError } from '../http/x.ts'", /database may not import http/],
  ['server/keys/x.ts', "import { startPostgres } from '../testing/postgres.ts'", /only tests/],
  ['server/keys/x.ts', "import type { FastifyInstance } from 'fastify'", /fastify/],
  ['server/keys/x.ts', "const { Pool } = await import('pg')", /pg/],
  ['server/http/x.ts', "import { DatabaseSync } from 'node:sqlite'", /node:sqlite/],
  ['server/admission/queue.ts', "import { DatabaseSync } from 'node:sqlite'", /node:sqlite/],
  ['server/organizations/members.ts', "import { betterAuth } from 'better-auth'", /better-auth/],
  ['server/keys/x.ts', 'const secret = process.env.LEAFPAD_SESSION_SECRET', /process\.env/],
  ['server/keys/x.ts', "import { env } from 'node:process'", /node:process/],
  ['server/keys/x.ts', "export { x } from '../../bench/x.ts'", /outside server/],
  ['server/keys/x.ts', "import fc from 'fast-check'", /only tests/],
  ['dashboard/keys/x.ts', "import { KeySchema } from '../../server/keys/schema.ts'", /only types/],
  ['dashboard/keys/x.ts', "import type { KeyTables } from '../../server/keys/table.ts'", /may not import server\/keys\/table\.ts/],
  ['dashboard/keys/x.ts', "import '../../server/check-node.ts'", /may not import server\/check-node\.ts/],
  ['dashboard/keys/x.ts', "import { useLinkToken } from '../organizations/x.ts'", /keys may not import dashboard\/organizations/],
  ['dashboard/keys/x.ts', "import { createDashboardRouter } from '../router.tsx'", /keys may not import dashboard\/router\.tsx/],
  ['dashboard/design/x.ts', "import { ask } from '../api.ts'", /design may not import/],
  ['dashboard/keys/x.ts', "import { build } from 'vite'", /vite is not for this file/],
  ['dashboard/keys/x.ts', "import { debounce } from 'lodash'", /lodash is not among/],
  ['server/http/x.ts', "import '../../dashboard/api.ts'", /outside server/],
]

for (const [path, text, says] of samples) {
  test(`${path} with ${text} is found`, () => {
    const found = forbiddenImports([...read(), { path: path.replace('x.ts', 'a-sample.ts'), text }])
    assert.equal(found.length >= 1, true)
    assert.match(found.join('\n'), says)
  })
}

test('a circle of imports is found, and told file by file', () => {
  const found = forbiddenImports([
    { path: 'server/keys/a.ts', text: "import { b } from './b.ts'" },
    { path: 'server/keys/b.ts', text: "export * from './c.ts'" },
    { path: 'server/keys/c.ts', text: "import { a } from './a.ts'" },
    { path: 'server/keys/d.ts', text: "import type { a } from './a.ts'" },
  ])
  assert.deepEqual(found, ['server/keys/a.ts → server/keys/b.ts → server/keys/c.ts → server/keys/a.ts: imports go in a circle'])
})

test('every form of import is read, and text that only looks like one is not', () => {
  const text = `
    import a, { type B } from './a.ts'
    import type { C } from "./c.ts"
    import {
      d,
    } from './d.ts'
    import './e.ts'
    export { f } from './f.ts'
    const g = await import('./g.ts')
    const worker = new URL('./h.ts', import.meta.url)
    type I = import('./i.ts').I
    // import './commented.ts'
    /* import './commented.ts' */
    const message = "write import './text.ts' there"
  `
  assert.deepEqual(importsOf(text), ['./a.ts', './c.ts', './d.ts', './e.ts', './f.ts', './g.ts', './h.ts', './i.ts'])
})
