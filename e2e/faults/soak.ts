/**
 * The faults of faults.test.ts for as long as wanted: `npm run soak -- --minutes 30 --seed 7 --write`. Prints what it does and found; with
 * `--write` also into docs/promises.md. Exit code 1 for a broken promise.
 */
import '../../server/check-node.ts'
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type FaultReport, runFaults } from './run-faults.ts'

const began = '<!-- soak -->'
const ended = '<!-- /soak -->'
const documentPath = join(import.meta.dirname, '..', '..', 'docs', 'promises.md')

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '5' }, seed: { type: 'string' }, write: { type: 'boolean', default: false } },
})
const minutes = Number(values.minutes)
const seed = Number(values.seed ?? randomBytes(4).readUInt32LE())
if (!(minutes > 0) || !Number.isSafeInteger(seed)) {
  console.error('Write --minutes as a number above 0 and --seed as a whole number.')
  process.exit(2)
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
console.log(`${minutes} minutes with seed ${seed}`)
const begunAt = performance.now()
const report = await runFaults({
  seed,
  minutes,
  say: (line) => console.log(`${Math.round((performance.now() - begunAt) / 1000)} s: ${line}`),
})
const text = describeRun(report)
console.log(text)
for (const violation of report.violations) console.error(`✖ ${violation}`)
if (values.write) {
  const document = readFileSync(documentPath, 'utf8')
  const [before, rest] = document.split(began)
  const after = rest?.split(ended)[1]
  if (before === undefined || after === undefined) throw new Error(`docs/promises.md lacks the lines ${began} and ${ended}`)
  writeFileSync(documentPath, `${before}${began}\n${text}\n${ended}${after}`)
}
process.exit(report.violations.length === 0 ? 0 : 1)

/** The run as text for docs/promises.md. */
function describeRun({ seed, faults, figures, violations }: FaultReport): string {
  const machine = `${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform} ${process.arch}`
  const number = (value: number) => value.toLocaleString('en-US')
  const { expiry: _, ...asked } = figures.endings
  const acknowledged = Object.values(asked).reduce((sum, count) => sum + count, 0)
  const rows = Object.entries(faults)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, times]) => `| ${name} | ${number(times)} |`)
  return [
    `The last long run: ${minutes} minutes of faults with seed ${seed}, on ${machine}, Node ${process.version}.`,
    '',
    '| what clients saw | times |',
    '|---|---|',
    `| requests with a key | ${number(figures.requests)} |`,
    `| admitted | ${number(figures.admitted)} |`,
    `| refused | ${number(figures.refused)} |`,
    `| without an answer, or answered 503 | ${number(figures.unknown)} |`,
    `| ends of keys that were acknowledged | ${number(acknowledged)} |`,
    `| days of a key on which its quota ran out | ${number(figures.exhausted)} |`,
    `| violations of a promise | ${number(violations.length)} |`,
    '',
    '| fault | times |',
    '|---|---|',
    ...rows,
  ].join('\n')
}
