/** What stands in for a secret where there is none. */
export const secretPlaceholder = 'YOUR_KEY'

export interface SnippetOptions {
  /** Where this server is, such as `https://leafpad.example.com`. */
  readonly host: string
  readonly secret: string
  /** Whether the key may add documents; else the commands list them. */
  readonly writes: boolean
}

const text = 'The office is closed on Mondays.'

export function curlSnippet({ host, secret, writes }: SnippetOptions): string {
  const lines = [`curl --fail-with-body "${host}/api/public/v1/knowledge-base"`, `-H "x-api-key: ${secret}"`]
  if (writes) lines.push('-H "Content-Type: application/json"', `-d '${JSON.stringify({ text })}'`)
  return lines.join(' \\\n  ')
}

/** For a module of Node.js 18 or newer, which reads the key from its environment. */
export function nodeSnippet({ host, writes }: SnippetOptions): string {
  const request = writes
    ? `{
  method: 'POST',
  headers: { 'x-api-key': process.env.LEAFPAD_API_KEY, 'content-type': 'application/json' },
  body: JSON.stringify({ text: '${text}' }),
}`
    : `{
  headers: { 'x-api-key': process.env.LEAFPAD_API_KEY },
}`
  return `const response = await fetch('${host}/api/public/v1/knowledge-base', ${request})
console.log(response.status, await response.json())`
}

/** A step of a workflow that takes the key from the repository's secrets. */
export function gitHubSnippet({ host, writes }: SnippetOptions): string {
  const command = curlSnippet({ host, secret: '$LEAFPAD_API_KEY', writes }).replaceAll('\n', '\n    ')
  return `- name: ${writes ? 'Add to' : 'Read'} the knowledge base
  env:
    LEAFPAD_API_KEY: \${{ secrets.LEAFPAD_API_KEY }}
  run: |
    ${command}`
}

/** A file of settings with the key in it. */
export function envFile({ host, secret }: Pick<SnippetOptions, 'host' | 'secret'>): string {
  return `LEAFPAD_URL=${host}\nLEAFPAD_API_KEY=${secret}\n`
}
