import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { errorCodes, LeafPadError } from '../errors.ts'

const text = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'errors.md'), 'utf8')

describe('docs/errors.md', () => {
  it('explains every code there is, and none that is not, in the order of the table', () => {
    const documented = [...text.matchAll(/^### (\w+)$/gm)].map(([, code]) => code)
    assert.deepEqual(documented, errorCodes)
  })

  it('has each code under its status, with its title and how to mend it', () => {
    for (const section of text.split(/^(?=## )/m).slice(1)) {
      const [status, ...entries] = section.split(/^### /m)
      for (const entry of entries) {
        const code = errorCodes.find((code) => entry.startsWith(`${code}\n`))!
        const error = new LeafPadError(code)
        assert.equal(status!.trim(), `## ${error.status}`, code)
        assert.ok(entry.startsWith(`${code}\n\n${error.title}. `), code)
        assert.match(entry, /^\*\*To mend it:\*\* \S/m, code)
      }
    }
  })
})
