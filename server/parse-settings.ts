import { environmentName, type Setting, type Settings, settingNames, table } from './config.ts'
import { Mistake } from './setting-kinds.ts'

/** Thrown for an environment that is no configuration; `mistakes` has a sentence for every one there is. */
export class ConfigError extends Error {
  override name = 'ConfigError'
  readonly mistakes: readonly string[]

  constructor(mistakes: readonly string[]) {
    super(mistakes.join('\n'))
    this.mistakes = mistakes
  }
}

export type Environment = Readonly<Record<string, string | undefined>>

/**
 * The settings an environment gives, defaults filled in. An empty variable is one that is not set; `LEAFPAD_TEST_*` is left
 * alone. Throws a ConfigError that names every mistake.
 * @param readFile the text of a file, for `LEAFPAD_…_FILE`; throws when there is none
 */
export function parseSettings(environment: Environment, readFile: (path: string) => string): Settings {
  const mistakes = unknownNames(environment)
  const settings: Partial<Record<keyof Settings, unknown>> = {}
  for (const name of settingNames) {
    const setting = table[name] as Setting<unknown>
    try {
      const text = readText(environment, name, readFile)
      settings[name] = text === undefined ? defaultOf(setting, settings as Partial<Settings>) : setting.kind(text)
    } catch (error) {
      if (!(error instanceof Mistake)) throw error
      mistakes.push(`${environmentName(name)}${quoted(environment, name)}: ${error.message}.`)
    }
  }
  if (settings.metricsPort != null && settings.metricsPort === settings.port) {
    mistakes.push('LEAFPAD_METRICS_PORT: write another port than LEAFPAD_PORT; for /metrics on the same port, set LEAFPAD_METRICS_TOKEN.')
  }
  if (mistakes.length > 0) throw new ConfigError(mistakes)
  return Object.freeze(settings as unknown as Settings)
}

function defaultOf(setting: Setting<unknown>, above: Partial<Settings>): unknown {
  return typeof setting.default === 'function' ? setting.default(above) : setting.default
}

function readText(environment: Environment, name: keyof Settings, readFile: (path: string) => string): string | undefined {
  const text = environment[environmentName(name)] || undefined
  const file = table[name].secret && environment[`${environmentName(name)}_FILE`]
  if (!file) return text
  if (text !== undefined) throw new Mistake(`set this or ${environmentName(name)}_FILE, not both`)
  let content: string
  try {
    content = readFile(file)
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException
    throw new Mistake(`the file ${file} in ${environmentName(name)}_FILE cannot be read (${code}); name one that this user may read`)
  }
  const line = content.replace(/\r?\n$/, '')
  if (line === '') throw new Mistake(`the file ${file} in ${environmentName(name)}_FILE is empty; write the secret into it`)
  return line
}

/** What was written, in quotes, so that the mistake can be seen; nothing of a secret. */
function quoted(environment: Environment, name: keyof Settings): string {
  const text = environment[environmentName(name)]
  return text && !table[name].secret ? ` is ${JSON.stringify(text)}` : ''
}

function unknownNames(environment: Environment): string[] {
  const known = settingNames.flatMap((name) => {
    const variable = environmentName(name)
    return table[name].secret ? [variable, `${variable}_FILE`] : [variable]
  })
  return Object.keys(environment)
    .filter((name) => name.startsWith('LEAFPAD_') && !name.startsWith('LEAFPAD_TEST_') && !known.includes(name))
    .map((name) => {
      const meant = known
        .map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
        .sort((a, b) => a.distance - b.distance)[0]!
      const hint = meant.distance <= 3 ? `did you mean ${meant.candidate}?` : 'docs/configuration.md has them all; remove this one.'
      return `${name} is not a setting: ${hint}`
    })
}

/** How many letters must be changed, added or removed to make one text of the other (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1]
    for (const [j, other] of [...b].entries()) {
      next.push(Math.min(next[j]! + 1, row[j + 1]! + 1, row[j]! + (letter === other ? 0 : 1)))
    }
    row = next
  }
  return row.at(-1)!
}
