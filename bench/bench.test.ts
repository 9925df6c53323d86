import assert from 'node:assert/strict'
import { test } from 'node:test'
import { projectFolder } from '../server/project-folder.ts'
import { lines } from './lines.ts'
import { runBench } from './run-bench.ts'

test('every line can be measured: each side answers with 2xx, and has a figure', async () => {
  const told: string[] = []
  const results = await runBench({
    ...{ lines, rounds: 1, roundMs: 20, warmUpMs: 0, keyCount: 50, manyKeyCount: 200, beside: projectFolder, cacheFolder: null },
    tell: (text) => told.push(text),
  })
  const wrong = results.filter(({ failed, missing, figures }) => failed || (missing === undefined && !figures.every(Number.isFinite)))
  assert.deepEqual(
    wrong.map(({ line, missing }) => `${line.name}: ${missing}`),
    [],
    told.join('\n'),
  )
})
