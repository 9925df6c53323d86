import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { faults } from './faults.ts'
import { runFaults } from './run-faults.ts'

test('the promises hold over three servers and a PostgreSQL that fails over, through every fault, and nothing acknowledged is lost', async (t) => {
  const seed = Number(process.env.LEAFPAD_TEST_SEED ?? randomBytes(4).readUInt32LE())
  t.diagnostic(`LEAFPAD_TEST_SEED=${seed} injects the same faults in the same order`)
  const report = await runFaults({ seed, say: (line) => t.diagnostic(`${Math.round(performance.now() / 1000)} s: ${line}`) })
  t.diagnostic(JSON.stringify(report.figures))
  assert.deepEqual(report.violations, [])
  assert.deepEqual(Object.keys(report.faults).sort(), Object.keys(faults).sort())
  const { admitted, refused, endings, exhausted } = report.figures
  // A run that shows nothing must not pass for one that shows that all is well.
  assert.ok(admitted > 100 && refused > 20 && exhausted > 0, JSON.stringify(report.figures))
  assert.deepEqual(Object.keys(endings).sort(), [
    'account',
    'expiry',
    'lowered role',
    'networks',
    'organization',
    'policy',
    'removal',
    'revoke',
    'rotation',
  ])
})
