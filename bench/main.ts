/**
 * `npm run bench`: measures, prints a table, and with `-- --write` puts it into docs/benchmarks.md, the figures of every round into
 * docs/benchmarks.json. docs/benchmarks.md says how, and what the lines mean.
 */
import '../server/check-node.ts'
import { readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BenchArguments, parseArguments, usage } from './arguments.ts'
import { pinThisProcess } from './cores.ts'
import { lines } from './lines.ts'
import { describeMachine, machineSentence } from './machine.ts'
import { type Result, runBench } from './run-bench.ts'
import { connections } from './sides/measure-server.ts'
import { table } from './table.ts'

const warmUpMs = 2_000
const marker = '<!-- tables: written by npm run bench -->'

const asked = readArguments()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130))
pinThisProcess()
const results = await runBench({
  lines: asked.lines,
  rounds: asked.rounds,
  roundMs: asked.seconds * 1_000,
  warmUpMs: Math.min(warmUpMs, asked.seconds * 1_000),
  keyCount: asked.keys,
  manyKeyCount: asked.manyKeys,
  beside: asked.beside,
  cacheFolder: tmpdir(),
  tell: (text) => console.error(text),
})
const machine = describeMachine()
const text = [
  table(results),
  `${machineSentence(machine)} ${asked.rounds} rounds of ${asked.seconds} s a side, ${connections} connections, ` +
    `${asked.keys.toLocaleString('en')} keys in use.`,
].join('\n\n')
console.log(text)
if (asked.write) write(text)
process.exit(results.some(({ failed }) => failed) ? 1 : 0)

function readArguments(): BenchArguments {
  try {
    return parseArguments(process.argv.slice(2), lines)
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`)
    process.exit(2)
  }
}

function write(written: string) {
  const docs = join(import.meta.dirname, '..', 'docs')
  const path = join(docs, 'benchmarks.md')
  const [before, , after] = readFileSync(path, 'utf8').split(marker)
  writeFileSync(path, `${before}${marker}\n\n${written}\n\n${marker}${after}`)
  const figures = results.map(toJson)
  const { rounds, seconds, keys, manyKeys } = asked
  const json = { machine, rounds, seconds, connections, keys, manyKeys, lines: figures }
  writeFileSync(join(docs, 'benchmarks.json'), `${JSON.stringify(json, undefined, 2)}\n`)
}

function toJson({ line: { name, says, must, aim }, figures, missing }: Result) {
  return { name, says, must, aim, figures: figures.map((figure) => Number(figure.toPrecision(6))), missing }
}
