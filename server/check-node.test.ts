import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { leastNodeMajor, refuseNode } from './check-node.ts'

test('an older Node is refused with what to run instead, a newer one is not', () => {
  for (const version of ['18.20.0', '22.18.0', '24.9.0', '25.1.0']) assert.match(refuseNode(version)!, /npm start/)
  for (const version of ['26.0.0', '27.1.0', '100.0.0']) assert.equal(refuseNode(version), undefined)
})

test('engines and the Node that npm installs agree with the check', () => {
  const { engines, optionalDependencies } = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8'))
  assert.equal(engines.node, `>=${leastNodeMajor}`)
  const packaged = Object.entries(optionalDependencies).filter(([name]) => /^node-(bin-)?(linux|darwin)-/.test(name))
  assert.equal(new Set(packaged.map(([, version]) => version)).size, 1, 'one version on every platform, named exactly')
  assert.match(String(packaged[0]![1]), new RegExp(`^${leastNodeMajor}\\.\\d+\\.\\d+$`))
})
