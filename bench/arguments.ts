import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { Line } from './line.ts'

export interface BenchArguments {
  readonly lines: readonly Line[]
  readonly rounds: number
  readonly seconds: number
  readonly keys: number
  readonly manyKeys: number
  /** A checkout of another commit, as an absolute path; null: none. */
  readonly beside: string | null
  readonly write: boolean
}

export const usage = `npm run bench -- [options]
  --only <line>       measure this line; may be given several times, also as a,b
  --rounds <number>   5 by default
  --seconds <number>  how long a side is measured in a round, 3 by default
  --keys <number>     keys in use, 10,000 by default
  --many-keys <number>  keys in the table of the lines about many, 10,000,000 by default
  --beside <folder>   a checkout of another commit in which npm ci was run, for the lines beside it
  --write             put what was found into docs/benchmarks.md and docs/benchmarks.json; only with every line`

/** What the command line asks for. Throws with a sentence where it asks for what there is not. */
export function parseArguments(given: readonly string[], lines: readonly Line[]): BenchArguments {
  const { values } = parseArgs({
    args: [...given],
    options: {
      only: { type: 'string', multiple: true, default: [] },
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '3' },
      keys: { type: 'string', default: '10000' },
      'many-keys': { type: 'string', default: '10000000' },
      beside: { type: 'string' },
      write: { type: 'boolean', default: false },
    },
  })
  const only = values.only.flatMap((names) => names.split(','))
  const unknown = only.filter((name) => !lines.some((line) => line.name === name))
  if (unknown.length > 0) throw new Error(`There is no line ${unknown.join(', ')}. Lines: ${lines.map(({ name }) => name).join(', ')}.`)
  if (values.write && only.length > 0) throw new Error('--write replaces the whole table, so it goes without --only.')
  return {
    lines: only.length === 0 ? lines : lines.filter(({ name }) => only.includes(name)),
    rounds: wholeNumber('rounds', values.rounds),
    seconds: positive('seconds', values.seconds),
    keys: wholeNumber('keys', values.keys),
    manyKeys: wholeNumber('many-keys', values['many-keys']),
    beside: values.beside === undefined ? null : resolve(values.beside),
    write: values.write,
  }
}

function positive(name: string, text: string): number {
  const number = Number(text)
  if (!(number > 0)) throw new Error(`--${name} takes a positive number, not ${text}.`)
  return number
}

function wholeNumber(name: string, text: string): number {
  const number = positive(name, text)
  if (!Number.isInteger(number)) throw new Error(`--${name} takes a whole number, not ${text}.`)
  return number
}
