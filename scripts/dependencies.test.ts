import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'

const root = dirname(import.meta.dirname)
const record = readFileSync(join(root, 'docs', 'decisions', '0002-dependencies.md'), 'utf8')
const { dependencies } = JSON.parse(readFileSync(join(root, 'server', 'package.json'), 'utf8'))

test('every direct dependency of the server has its reason in decision record 2, and there are at most 16', () => {
  const reasons = [...record.matchAll(/^\| `([^`]+)` \| .+ \| .+ \|$/gm)].map(([, name]) => name)
  assert.deepEqual(reasons.sort(), Object.keys(dependencies).sort())
  assert.ok(reasons.length <= 16)
})

test('the lock file names every platform package that a package in it wants', () => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { optionalDependencies?: Record<string, string>; dependencies?: Record<string, string> }>
  }
  const missing = Object.entries(packages).flatMap(([folder, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !(`node_modules/${name}` in packages) && !(`${folder}/node_modules/${name}` in packages))
      .map((name) => `${name} of ${folder || 'the root'}`),
  )
  assert.deepEqual(missing, [], 'npm ci refuses such a lock file; take versions whose packages are all there, and write it again')
})

test('only packages for this very purpose have an operating system, and those are optional: npm ci fails on the others elsewhere', () => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { os?: unknown; optional?: boolean; devOptional?: boolean }>
  }
  const bound = Object.entries(packages).filter(([, { os, optional, devOptional }]) => os !== undefined && !optional && !devOptional)
  assert.deepEqual(
    bound.map(([folder]) => folder),
    [],
  )
})
