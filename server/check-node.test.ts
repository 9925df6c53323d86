import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { test } from 'node:test'
import { leastNodeMajor, refuseNode } from './check-node.ts'
import { importsOf } from './testing/imports.ts'

const root = join(import.meta.dirname, '..')

test('an older Node is refused with what to run instead, a newer one is not', () => {
  for (const version of ['18.20.0', '22.18.0', '24.9.0', '25.1.0']) assert.match(refuseNode(version)!, /npm start/)
  for (const version of ['26.0.0', '27.1.0', '100.0.0']) assert.equal(refuseNode(version), undefined)
})

test('engines and the Node that npm installs agree with the check', () => {
  const { engines, optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  assert.equal(engines.node, `>=${leastNodeMajor}`)
  const packaged = Object.entries(optionalDependencies).filter(([name]) => /^node-(bin-)?(linux|darwin)-/.test(name))
  assert.equal(new Set(packaged.map(([, version]) => version)).size, 1, 'one version on every platform, named exactly')
  assert.match(String(packaged[0]![1]), new RegExp(`^${leastNodeMajor}\\.\\d+\\.\\d+$`))
})

test('every program that the scripts of package.json, or its own first lines, say to run imports the check before all else', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> }
  const named = new Set(Object.values(scripts).flatMap((script) => /\S+\.ts/.exec(script)?.[0] ?? []))
  const sources = globSync('{server,dashboard,e2e,bench,scripts}/**/*.ts', { cwd: root, exclude: ['**/node_modules/**', '*/dist/**'] })
  const textOf = (path: string) => readFileSync(join(root, path), 'utf8')
  const saysSo = sources.filter((path) => /^\/\*\*[\s\S]*?\*\//.exec(textOf(path))?.[0].match(`\`node (bootstrap.mjs )?${path}\\b`))
  for (const path of ['server/build.ts', 'dashboard/build.ts', 'server/write-openapi.ts']) assert.ok(saysSo.includes(path), path)
  const programs = new Set([...named, ...saysSo, 'server/main.ts'])
  const firstImport = (path: string) => normalize(join(dirname(path), importsOf(textOf(path))[0] ?? ''))
  assert.deepEqual(
    [...programs].filter((path) => firstImport(path) !== 'server/check-node.ts'),
    [],
  )
})
