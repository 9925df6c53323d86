import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { accountActions } from './account-actions.ts'
import { auditActions } from './actions.ts'

const text = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'audit.md'), 'utf8')

/** The rows of the table under a heading, as they are written. */
function rowsUnder(heading: string): string[] {
  const [, section] = new RegExp(`^## ${heading}\n([\\s\\S]*?)(?=^## |$(?![\\s\\S]))`, 'm').exec(text)!
  return [...section!.matchAll(/^\| `.*$/gm)].map(([row]) => row)
}

test('docs/audit.md has every action of the audit log with its target, details and meaning, in the order of the code', () => {
  const rows = Object.entries(auditActions).map(
    ([action, { target, details, says }]) => `| \`${action}\` | ${target} | ${details.map((name) => `\`${name}\``).join(', ')} | ${says} |`,
  )
  assert.deepEqual(rowsUnder('Actions'), rows)
})

test('docs/audit.md has every event of an account with its meaning, in the order of the code', () => {
  assert.deepEqual(
    rowsUnder('Account events'),
    Object.entries(accountActions).map(([action, says]) => `| \`${action}\` | ${says} |`),
  )
})
