/**
 * `npm run bench`: measures, prints a table, and with `-- --write` puts it into docs/benchmarks.md.
 *
 * Both sides of a ratio are measured in one run, alternating; figures are medians of the rounds with minimum and maximum. The server
 * is held to one core and the load to another where the machine has taskset.
 */
import '../server/check-node.ts'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createDocumentRequest } from './create-document-request.ts'
import type { Load, LoadResult } from './load.ts'

interface Listening {
  readonly port: number
  readonly secrets: string[]
}

const rounds = 5
const roundMs = 3_000
const warmUpMs = 2_000
const connections = 64
const keyCount = 10_000
const documentText = 'x'.repeat(50)

const folder = mkdtempSync(join(tmpdir(), 'leafpad-bench-'))
const pinned = spawnSync('taskset', ['-c', '0', 'true']).status === 0 && cpus().length > 1
const server = start('server.ts', '0', [folder, String(keyCount)])
const documentServer = start('document-server.ts', '0', [join(folder, 'documents'), String(keyCount)])
const load = start('load.ts', '1', [])
try {
  const [[{ port, secrets }], [documents]] = (await Promise.all([once(server, 'message'), once(documentServer, 'message')])) as [
    [Listening],
    [Listening],
  ]
  const head = (path: string) => `GET ${path} HTTP/1.1\r\nhost: localhost\r\n`
  const loads = {
    open: { port, requests: [`${head('/open')}\r\n`] },
    admitted: { port, requests: secrets.map((secret) => `${head('/admitted')}x-api-key: ${secret}\r\n\r\n`) },
    created: { port: documents.port, requests: documents.secrets.map((secret) => createDocumentRequest(secret, documentText)) },
  }
  const sides = ['open', 'admitted', 'created'] as const
  const seen: Record<(typeof sides)[number], LoadResult[]> = { open: [], admitted: [], created: [] }
  for (const side of sides) await measure({ ...loads[side], connections, durationMs: warmUpMs })
  for (let round = 0; round < rounds; round++) {
    for (const side of sides) seen[side].push(await measure({ ...loads[side], connections, durationMs: roundMs }))
    const [open, admitted, created] = sides.map((side) => seen[side].at(-1)!.requestsPerSecond) as [number, number, number]
    console.error(
      `round ${round + 1}: open ${Math.round(open)}/s, admitted ${Math.round(admitted)}/s, ratio ${(admitted / open).toFixed(2)}, created ${Math.round(created)}/s`,
    )
  }
  const failed = sides.flatMap((side) => seen[side]).reduce((sum, one) => sum + one.failed, 0)
  if (failed > 0) throw new Error(`${failed} requests were not answered with 2xx; the figures mean nothing`)
  report(seen)
} finally {
  load.kill()
  server.kill()
  documentServer.kill()
  // What they write until they have ended would be left behind.
  await Promise.all([load, server, documentServer].map((child) => child.exitCode ?? child.signalCode ?? once(child, 'exit')))
  rmSync(folder, { recursive: true, force: true })
}

function start(file: string, core: string, scriptArguments: string[]): ChildProcess {
  const command = [process.execPath, join(import.meta.dirname, file), ...scriptArguments]
  const [program, ...rest] = pinned ? ['taskset', '-c', core, ...command] : command
  // The log goes to a file, as an operator's would.
  const log = openSync(join(folder, `${file}.log`), 'w')
  return spawn(program!, rest, { stdio: ['ignore', log, 'inherit', 'ipc'] })
}

async function measure(one: Load): Promise<LoadResult> {
  load.send(one)
  const [result] = await once(load, 'message')
  return result
}

function spread(values: readonly number[], digits = 0): string {
  const sorted = values.toSorted((a, b) => a - b)
  const text = (value: number) => value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
  return `${text(sorted[Math.floor(sorted.length / 2)]!)} (${text(sorted[0]!)}–${text(sorted.at(-1)!)})`
}

function report({ open, admitted, created }: { open: LoadResult[]; admitted: LoadResult[]; created: LoadResult[] }) {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8'))
  const sqlite = new DatabaseSync(':memory:').prepare('select sqlite_version() as version').get() as { version: string }
  const lines = [
    '| line | median (minimum–maximum) |',
    '|---|---|',
    `| unauthenticated route, requests a second | ${spread(open.map((one) => one.requestsPerSecond))} |`,
    `| admitted, embedded database, full sync, ${keyCount.toLocaleString('en')} keys in use, requests a second | ${spread(admitted.map((one) => one.requestsPerSecond))} |`,
    `| admitted ÷ unauthenticated | ${spread(
      admitted.map((one, round) => one.requestsPerSecond / open[round]!.requestsPerSecond),
      2,
    )} |`,
    `| p99 at ${connections} connections, unauthenticated, ms | ${spread(
      open.map((one) => one.p99Ms),
      2,
    )} |`,
    `| p99 at ${connections} connections, admitted, ms | ${spread(
      admitted.map((one) => one.p99Ms),
      2,
    )} |`,
    `| \`POST /knowledge-base\`, ${documentText.length} bytes of text: admitted, stored, durable, embedded database, requests a second | ${spread(created.map((one) => one.requestsPerSecond))} |`,
    `| p99 at ${connections} connections, \`POST /knowledge-base\`, ms | ${spread(
      created.map((one) => one.p99Ms),
      2,
    )} |`,
    '',
    `LeafPad ${version}, Node ${process.versions.node}, SQLite ${sqlite.version}, ${cpus().length} × ${cpus()[0]?.model.trim()}, ` +
      `${process.platform}-${process.arch}${pinned ? ', server and load on a core each' : ''}; ${rounds} rounds of ${roundMs / 1_000} s, ${connections} connections.`,
  ]
  const table = lines.join('\n')
  console.log(table)
  if (!process.argv.includes('--write')) return
  const path = join(import.meta.dirname, '..', 'docs', 'benchmarks.md')
  const text = readFileSync(path, 'utf8')
  const [before] = text.split('<!-- table -->')
  writeFileSync(path, `${before}<!-- table -->\n${table}\n`)
}
