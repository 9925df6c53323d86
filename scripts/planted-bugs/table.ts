import type { Broken, Bug } from './bug.ts'

const began = '<!-- planted bugs -->'
const ended = '<!-- /planted bugs -->'

const breaks: Record<Broken, string> = {
  revocation: 'revocation',
  quota: 'quota',
  durability: 'durability',
  rule: 'another rule',
}

/** A bug and the test that caught it. */
export interface Caught {
  readonly bug: Bug
  /** The test's file, from the root of the repository. */
  readonly file: string
  /** Its name, as `nameInSource` writes it. */
  readonly test: string
}

/** What docs/promises.md has between its markers. Throws when it lacks them. */
export function bugsIn(document: string): string {
  return split(document)[1]
}

/** What docs/promises.md says of those of `bugs` that it names. */
export function caughtIn(document: string, bugs: readonly Bug[]): Caught[] {
  const rows = [...bugsIn(document).matchAll(/^\| (.+) \| `.+` \| .+ \| `(.+)`: “(.+)” \|$/gm)]
  return rows.flatMap(([, name, file, test]) => {
    const bug = bugs.find((bug) => bug.name === name)
    return bug === undefined ? [] : [{ bug, file: file!, test: test! }]
  })
}

/** docs/promises.md with the table as it is to be. */
export function withBugs(document: string, caught: readonly Caught[]): string {
  const [before, , after] = split(document)
  return `${before}${began}\n${tableOf(caught)}\n${ended}${after}`
}

/** A test's name as its source has it, what a loop fills in written …; throws when the source has no such test. */
export function nameInSource(source: string, name: string): string {
  for (const [, quote, text] of source.matchAll(/\b(?:test|it)\(\s*(['"`])((?:(?!\1).)+)\1/g)) {
    if (quote !== '`') {
      if (text === name) return name
      continue
    }
    const parts = text!.split(/\$\{[^}]*\}/)
    if (new RegExp(`^${parts.map(RegExp.escape).join('.*')}$`, 's').test(name)) return parts.join('…')
  }
  throw new Error(`The test "${name}" is not found in its file.`)
}

function split(document: string): [string, string, string] {
  const [before, rest] = document.split(began)
  const [inside, after] = rest?.split(ended) ?? []
  if (before === undefined || inside === undefined || after === undefined) {
    throw new Error(`docs/promises.md lacks the lines ${began} and ${ended}`)
  }
  return [before, inside, after]
}

function tableOf(caught: readonly Caught[]): string {
  const rows = caught.map(({ bug, file, test }) => `| ${bug.name} | \`${bug.file}\` | ${breaks[bug.breaks]} | \`${file}\`: “${test}” |`)
  return ['| planted bug | in | breaks | caught by |', '|---|---|---|---|', ...rows].join('\n')
}
