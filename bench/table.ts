import { type Mark, meets } from './line.ts'
import type { Result } from './run-bench.ts'

/** Results as a table in Markdown: first the lines that have a mark to reach, then those for orientation. */
export function table(results: readonly Result[]): string {
  const marked = results.filter(({ line }) => line.must !== undefined)
  const others = results.filter(({ line }) => line.must === undefined)
  const parts: string[] = []
  if (marked.length > 0) {
    parts.push(['| line | median (minimum–maximum) | must | aim | |', '|---|---|---|---|---|', ...marked.map(markedRow)].join('\n'))
  }
  if (others.length > 0) parts.push(['| for orientation | median (minimum–maximum) |', '|---|---|', ...others.map(row)].join('\n'))
  return parts.join('\n\n')
}

/** The middle one; of an even number the lower of the two. */
export function median(figures: readonly number[]): number {
  return figures.toSorted((a, b) => a - b)[(figures.length - 1) >> 1]!
}

function markedRow(result: Result): string {
  const { line, figures } = result
  return `${row(result)} ${mark(line.must!, line.digits)} | ${line.aim === undefined ? '' : mark(line.aim, line.digits)} | ${verdict(result, figures)} |`
}

function verdict({ line }: Result, figures: readonly number[]): string {
  if (figures.length === 0) return 'not measured'
  if (line.aim !== undefined && meets(median(figures), line.aim)) return 'aim met'
  return meets(median(figures), line.must!) ? 'met' : '**missed**'
}

function row({ line, figures, missing }: Result): string {
  const text = (figure: number) => format(figure, line.digits)
  const figure =
    missing === undefined
      ? `${text(median(figures))} (${text(Math.min(...figures))}–${text(Math.max(...figures))})`
      : `not measured: ${missing}`
  return `| ${line.says} | ${figure} |`
}

function mark(mark: Mark, digits: number): string {
  return 'atLeast' in mark ? `≥ ${format(mark.atLeast, digits)}` : `≤ ${format(mark.atMost, digits)}`
}

function format(figure: number, digits: number): string {
  return figure.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}
