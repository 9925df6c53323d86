/** Writes the table of settings into docs/configuration.md: `node bootstrap.mjs scripts/configuration.ts`. */
import '../server/check-node.ts'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { environmentName, type Setting, settingNames, table } from '../server/config.ts'

export const documentPath = join(import.meta.dirname, '..', 'docs', 'configuration.md')

const began = '<!-- settings: written by scripts/configuration.ts -->'
const ended = '<!-- end of settings -->'

/** The document with its table as the settings are now. */
export function withSettings(document: string): string {
  const [before, rest] = document.split(began)
  const after = rest?.split(ended)[1]
  if (before === undefined || after === undefined) throw new Error(`docs/configuration.md lacks the lines ${began} and ${ended}`)
  return `${before}${began}\n${settingsTable()}\n${ended}${after}`
}

function settingsTable(): string {
  const rows = settingNames.map((name) => {
    const setting = table[name] as Setting<unknown>
    const variable = `\`${environmentName(name)}\`${setting.secret ? ` (or \`…_FILE\`)` : ''}`
    return `| ${variable} | ${setting.defaultDoc ?? `\`${defaultText(setting.default)}\``} | ${setting.doc} |`
  })
  return ['| setting | default | meaning |', '|---|---|---|', ...rows].join('\n')
}

function defaultText(value: unknown): string {
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value)
}

if (import.meta.filename === process.argv[1]) writeFileSync(documentPath, withSettings(readFileSync(documentPath, 'utf8')))
