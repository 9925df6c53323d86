import assert from 'node:assert/strict'
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { mayImport, parts } from './testing/imports.ts'

const root = join(import.meta.dirname, '..')
const architecture = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8')

/** The documents that name files and tests; what README.md and docs/ tell users is tried out elsewhere. */
const documents = [
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'docs/promises.md',
  ...globSync('docs/decisions/*.md', { cwd: root }).sort(),
]

/** The first block of ARCHITECTURE.md as paths, each with what it says of it. */
function drawnTree(): Map<string, string> {
  const [, block] = /^```\n([\s\S]*?)^```$/m.exec(architecture)!
  const drawn = new Map<string, string>()
  for (const line of block!.trimEnd().split('\n')) {
    const [, indent, name, says] = /^( *)(\S+) {2,}(\S.*)$/.exec(line) ?? assert.fail(`not a line of a tree: ${line}`)
    drawn.set(`${indent === '' ? '' : 'server/'}${name}`, says!)
  }
  return drawn
}

/** What the tree must have: documents, programs and folders of the repository, files and folders of the server. Folders end in `/`. */
function treeOnDisk(): string[] {
  const ignored = readFileSync(join(root, '.gitignore'), 'utf8').split('\n')
  const isIgnored = (folder: string, name: string) => ignored.includes(`${name}/`) || ignored.includes(`/${folder}${name}/`)
  const list = (folder: string, wanted: RegExp) =>
    readdirSync(join(root, folder), { withFileTypes: true })
      .filter((entry) => (entry.isDirectory() ? !isIgnored(folder, entry.name) : wanted.test(entry.name)))
      .map((entry) => `${folder}${entry.name}${entry.isDirectory() ? '/' : ''}`)
  const inRoot = list('', /\.(md|mjs)$/).filter((path) => !path.startsWith('.') || path === '.ci/')
  return [...inRoot, ...list('server/', /(?<!\.test)\.(ts|mjs)$/)]
}

test('the tree in ARCHITECTURE.md has every room and every file beside them, and nothing else', () => {
  assert.deepEqual([...drawnTree().keys()].sort(), treeOnDisk().sort())
})

function rowOf(part: string): string {
  const named = Object.keys(parts).filter((file) => parts[file] === part)
  const files = named.length > 0 ? named.map((file) => `\`${file}\``).join(', ') : part === 'main' ? 'all others' : `\`${part}/\``
  const targets = Object.entries(mayImport[part]!).map(([target, of]) =>
    of === 'all' ? `\`${target}\`` : `\`${target}\` (${of.map((file) => `\`${file}\``).join(', ')})`,
  )
  return `| \`${part}\` | ${files} | ${targets.join(', ') || 'nothing'} |`
}

test('the import table in ARCHITECTURE.md is the one that the imports are checked by', () => {
  const [, rows] = /^\| part \|.*\n\|---.*\n((?:\|.*\n)+)/m.exec(architecture)!
  assert.equal(rows!.trimEnd(), Object.keys(mayImport).map(rowOf).join('\n'))
})

/** A path in backticks that is one of ours, by how it begins. */
const pathPattern = /`((?:server|scripts|e2e|bench|docs|\.ci)\/[^`\s<>…]*)`/g

for (const document of documents) {
  // Names of tests may go over the end of a line.
  const text = readFileSync(join(root, document), 'utf8').replace(/\s+/g, ' ')

  test(`every file that ${document} names is there`, () => {
    const named = [...text.matchAll(pathPattern)].map(([, path]) => path!)
    const linked = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path]) => join(document, '..', path!))
    const missing = [...named, ...linked].filter((path) => globSync(path, { cwd: root }).length === 0 && !existsSync(join(root, path)))
    assert.deepEqual(missing, [])
  })

  test(`every test that ${document} names in “ ” after its file is there`, () => {
    const missing: string[] = []
    let found = 0
    for (const [, path, names] of text.matchAll(/`([^`\s]+\.test\.ts)`((?:[,:; ]*(?:and )?“[^”]+”)+)/g)) {
      const source = readFileSync(join(root, path!), 'utf8')
      for (const [, name] of names!.matchAll(/“([^”]+)”/g)) {
        found++
        // What a loop fills in is written … here and ${…} there.
        const pattern = name!.split('…').map(RegExp.escape).join('\\$\\{[^}]*\\}')
        if (!new RegExp(`(?:test|it)\\(\\s*(['"\`])${pattern}\\1`).test(source)) missing.push(`${path}: ${name}`)
      }
    }
    assert.deepEqual(missing, [])
    assert.equal(found, text.split('“').length - 1, 'these quotation marks are for the names of tests, after their file')
  })
}
