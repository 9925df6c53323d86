import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, before, describe, type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { allPermissions, mayDo, roles } from '../server/organizations/roles.ts'
import { openMailServer } from '../server/testing/mail-server.ts'
import { freePort } from '../server/testing/postgres.ts'
import { createTestDatabase } from '../server/testing/test-database.ts'
import { environment, root, startProgram, startServer, temporaryFolder } from './testing/program.ts'

interface Block {
  readonly line: number
  readonly language: string
  readonly text: string
  /** From `<!-- test: … -->` in the line above: how it is tested, when not by running it to its end. */
  readonly mark: string | undefined
}

/** As a reader goes through them: README.md makes the account that the others go on with. */
const documents = ['README.md', ...globSync('docs/*.md', { cwd: root }).sort()]

/** What is read here instead of tried: it takes what not every machine has. */
const onlyParsed = ['needs programs of PostgreSQL', 'needs PostgreSQL over TLS']

function blocksOf(path: string): Block[] {
  const document = readFileSync(join(root, path), 'utf8')
  return [...document.matchAll(/^(?:<!-- test: (.+) -->\n)?```(\w*)\n([\s\S]*?)^```$/gm)].map((match) => {
    const [, mark, language, text] = match
    const line = document.slice(0, match.index).split('\n').length
    return { line, language: language!, text: text!, mark }
  })
}

const shown = documents.flatMap((path) => blocksOf(path).map((block) => ({ path, block })))

test('every block in README.md is in a language that is tested', () => {
  const languages = shown.filter(({ path }) => path === 'README.md').map(({ block }) => block.language)
  assert.deepEqual([...new Set(languages)].sort(), ['caddy', 'js', 'nginx', 'sh'])
})

describe('every command in README.md and docs/ works as it is written, in order', () => {
  // One server for all, as a reader has it: its port stands for 3000. The demo is the one of README.md's first part.
  let hooks: (() => unknown)[] = []
  const t = { after: (hook: () => unknown) => void hooks.push(hook) }
  const settings: Record<string, string> = {}
  /** What a reader of README.md finds in its answers and puts into a variable. */
  const found: Record<string, string> = { PASSWORD: 'correct horse battery' }
  /** The same of the other documents, each of which goes on where README.md ends. */
  const foundIn = Object.fromEntries(documents.map((path) => [path, path === 'README.md' ? found : {}]))
  let demoUrl: string
  let folder: string

  before(async () => {
    folder = temporaryFolder(t)
    Object.assign(settings, { LEAFPAD_PORT: String(await freePort()), LEAFPAD_DATA_DIR: join(folder, 'data'), LEAFPAD_LOG_LEVEL: 'warn' })
    const demo = startServer(t, { LEAFPAD_PORT: String(await freePort()) }, 'demo')
    const server = startServer(t, settings)
    found.TOKEN = (await server.said(/set-up#token=([\w-]+)/))[1]!
    found.KEY = (await demo.said(/(leafpad_\w{49})/))[1]!
    demoUrl = (await demo.said(/demo on (\S+)/))[1]!
  })
  after(async () => {
    for (const hook of hooks.reverse()) await hook()
    hooks = []
  })

  for (const { path, block } of shown.filter(({ block }) => ['sh', 'js'].includes(block.language))) {
    test(`${path}:${block.line} ${block.text.split('\n', 1)[0]}`, async (t) => {
      if (block.mark === 'is what .ci/run runs') {
        assert.ok(
          readFileSync(join(root, '.ci', 'run'), 'utf8')
            .trimEnd()
            .endsWith(`exec ${block.text.trim()}`),
        )
        return
      }
      if (block.mark?.startsWith('serves')) return serves(t, block.text, block.mark)
      if (onlyParsed.includes(block.mark!)) return parse(t, 'bash', ['-n', '-c', block.text])
      if (block.mark === 'needs a mail server') {
        const mailServer = await openMailServer(t)
        await run(path, block, { LEAFPAD_SMTP_URL: mailServer.url })
        assert.equal(mailServer.mails.length, 1)
        return
      }
      assert.equal(block.mark, undefined, `there is no test called "${block.mark}"`)
      remember(path, await run(path, block))
    })
  }

  /** Runs a block to its end, which must be a good one, in the terminal of its document, and returns what it wrote. */
  async function run(path: string, { language, text }: Block, more: Record<string, string> = {}): Promise<string> {
    const values: Record<string, string> = { ...found, ...foundIn[path] }
    // With the demo's key README.md asks the demo.
    const publicUrl = path === 'README.md' ? demoUrl : serverUrl()
    const ours = text
      .replaceAll('http://localhost:3000/api/public', `${publicUrl}/api/public`)
      .replaceAll('http://localhost:3000', serverUrl())
      .replaceAll(/\bcurl /g, 'curl --silent --show-error --fail-with-body ')
      .replaceAll(/^npm /gm, `npm --silent --prefix '${root}' `)
      .replaceAll('node_modules/.bin/node ', `'${process.execPath}' `)
      .replaceAll(/^export (\w+)='?\w*…'?$/gm, (_, name) => {
        assert.ok(values[name] !== undefined, `no earlier answer has a value for ${name}`)
        return `export ${name}='${values[name]}'`
      })
    const terminal = join(folder, `${path.replaceAll('/', '-')}.variables`)
    const file = join(folder, `block.${language === 'js' ? 'mjs' : 'sh'}`)
    writeFileSync(terminal, '', { flag: 'a' })
    writeFileSync(file, language === 'js' ? ours : `set -eu -o pipefail\n${ours}\nexport -p > '${terminal}'\n`)
    const command = language === 'js' ? `exec '${process.execPath}' '${file}'` : `. '${file}'`
    // Without --norc bash reads the start file of whoever runs the tests, as its input is a socket and could be the network's.
    const { stdout } = await promisify(execFile)('bash', ['--norc', '-c', `. '${terminal}'; ${command}`], {
      cwd: folder,
      env: { ...environment(settings), ...given(path), ...more },
    })
    return stdout
  }

  function serverUrl(): string {
    return `http://localhost:${settings.LEAFPAD_PORT}`
  }

  /** The variables that a document speaks of and leaves to the reader to set. */
  function given(path: string): Record<string, string> {
    const all = { BASE_URL: serverUrl(), KEY: found.KEY! }
    const document = readFileSync(join(root, path), 'utf8')
    return Object.fromEntries(Object.entries(all).filter(([name]) => !document.includes(`export ${name}=`)))
  }

  /** What the text tells the reader to put into a variable. */
  function remember(path: string, out: string) {
    const patterns = { ORGANIZATION_ID: /"(org_\w+)"/, TOKEN: /#token=([\w-]+)/, KEY: /"(leafpad_\w{49})"/ }
    for (const [name, pattern] of Object.entries(patterns)) {
      const match = pattern.exec(out)
      if (match !== null) foundIn[path]![name] = match[1]!
    }
  }

  /** Starts what a block starts, on another port and folder, and ends it again. */
  async function serves(t: Parameters<typeof startProgram>[0], text: string, how: string) {
    const own = { LEAFPAD_PORT: String(await freePort()), LEAFPAD_DATA_DIR: temporaryFolder(t) }
    const metricsPort = await freePort()
    const database = text.includes('LEAFPAD_DATABASE_URL=') ? await createTestDatabase('postgres', t) : ''
    const ours = text
      .replace(/(LEAFPAD_DATABASE_URL=)\S+/, `$1${database}`)
      .replace(/(LEAFPAD_METRICS_PORT=)\d+/, `$1${metricsPort}`)
      .replace(/(LEAFPAD_PORT=)\d+/, `$1${own.LEAFPAD_PORT}`)
      .replace('$PWD', folder)
    const program = startProgram(t, ['bash', '-euc', ours], { cwd: root, env: environment(own) })
    await program.said(/LeafPad listens on|LeafPad demo on/)
    const url = `http://127.0.0.1:${own.LEAFPAD_PORT}`
    assert.equal((await fetch(`${url}/healthz`)).status, 200)
    if (how === 'serves metrics') {
      const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()
      const measured = [...text.matchAll(/^# TYPE (leafpad_\w+)/gm)].map(([, name]) => name)
      const documented = readFileSync(join(root, 'docs', 'operations.md'), 'utf8').matchAll(/^\| `(leafpad_\w+)` \|/gm)
      assert.deepEqual([...documented].map(([, name]) => name).sort(), measured.sort())
    }
    if (how === 'serves the backup') {
      const body = JSON.stringify({ email: 'ada@example.com', password: found.PASSWORD })
      const headers = { 'content-type': 'application/json' }
      const answer = await fetch(`${url}/api/dashboard/v1/sign-in`, { method: 'POST', headers, body })
      assert.equal(answer.status, 204, 'the account is in the backup')
    }
    process.kill(-program.child.pid!, 'SIGINT')
    await program.said(/LeafPad is closing/)
    await program.ended
  }
})

test('docs/accounts.md says of each permission which roles have it, as the code does', () => {
  const text = readFileSync(join(root, 'docs', 'accounts.md'), 'utf8')
  const [, ...columns] = /^\| what \|(.+)\|$/m
    .exec(text)![1]!
    .split('|')
    .map((cell) => cell.trim())
  assert.deepEqual(columns, roles)
  const rows = [...text.matchAll(/^\| [^|]+ \| `(\w+:\w+)` \|(.+)\|$/gm)]
  const documented = rows.map(([, permission, cells]) => [permission, ...cells!.split('|').map((cell) => cell.trim())])
  assert.deepEqual(
    documented,
    allPermissions.map((permission) => [permission, ...roles.map((role) => (mayDo(role, permission) ? 'yes' : 'no'))]),
  )
})

test('README.md links every document, and every link in the documents leads to a file', () => {
  for (const path of globSync(['*.md', 'docs/*.md'], { cwd: root })) {
    for (const [, target] of readFileSync(join(root, path), 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
      assert.ok(existsSync(join(root, dirname(path), target!)), `${path} links ${target}`)
    }
  }
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const unlinked = globSync(['*.md', 'docs/*.{md,json}', 'docs/decisions'], { cwd: root }).filter((path) => !readme.includes(`](${path})`))
  assert.deepEqual(unlinked, ['README.md'])
})

for (const { path, block } of shown.filter(({ block }) => block.language === 'nginx')) {
  test(`${path}:${block.line} nginx lets the largest file through, and says whose request it is`, (t) => {
    const [, megabytes] = /client_max_body_size (\d+)m;/.exec(block.text)!
    assert.ok(Number(megabytes) >= 21)
    assert.match(block.text, /proxy_set_header X-Forwarded-For \$proxy_add_x_forwarded_for;/)
    assert.match(block.text, /proxy_set_header Host \$host;/)
    const folder = temporaryFolder(t)
    const file = join(folder, 'nginx.conf')
    // Certificates are the reader's.
    writeFileSync(file, `events {}\nhttp {\n${block.text.replaceAll(/ssl_certificate.*\n/g, '').replace('443 ssl', '8443')}}\n`)
    parse(t, 'nginx', ['-t', '-p', folder, '-c', file])
  })
}

for (const { path, block } of shown.filter(({ block }) => block.language === 'caddy')) {
  test(`${path}:${block.line} Caddy passes on to the server`, (t) => {
    assert.match(block.text, /reverse_proxy 127\.0\.0\.1:3000/)
    const file = join(temporaryFolder(t), 'Caddyfile')
    writeFileSync(file, block.text)
    parse(t, 'caddy', ['validate', '--adapter', 'caddyfile', '--config', file])
  })
}

/** Has the program itself read its configuration too, where it is installed. */
function parse(t: TestContext, command: string, commandArguments: string[]) {
  const { error, status, stderr } = spawnSync(command, commandArguments, { encoding: 'utf8' })
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return t.diagnostic(`${command} is not here to read it as well`)
  assert.equal(status, 0, stderr)
}

test('every command that README.md names in a sentence is there', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> }
  const named = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/`npm (?:run )?([\w-]+)(?: -- ([^`]+))?`/g)]
  assert.ok(named.length >= 5)
  for (const [text, script, rest = ''] of named) {
    assert.ok(scripts[script!] !== undefined, text)
    for (const pattern of rest.split(' ').filter((word) => word.includes('/'))) {
      assert.ok(globSync(pattern, { cwd: root }).length > 0, `${text}: there is no ${pattern}`)
    }
  }
})
