import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { freePort } from '../server/testing/postgres.ts'
import { createTestDatabase } from '../server/testing/test-database.ts'
import { environment, type Program, root, startProgram, startServer, temporaryFolder } from './testing/program.ts'

interface Block {
  readonly line: number
  readonly language: string
  readonly text: string
  /** From `<!-- test: … -->` in the line above: how it is tested, when not by running it to its end. */
  readonly mark: string | undefined
}

/** README.md last: it goes on to an organization of its own. */
const documents = [...globSync('docs/*.md', { cwd: root }).sort(), 'README.md']

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

describe('every command in README.md and docs/ works, in order', () => {
  // One server for all, as a reader has it: its port stands for 3000.
  let hooks: (() => unknown)[] = []
  const t = { after: (hook: () => unknown) => void hooks.push(hook) }
  const settings: Record<string, string> = {}
  const variables: Record<string, string> = {}
  let folder: string
  let server: Program

  before(async () => {
    folder = temporaryFolder(t)
    Object.assign(settings, { LEAFPAD_PORT: String(await freePort()), LEAFPAD_DATA_DIR: join(folder, 'data'), LEAFPAD_LOG_LEVEL: 'warn' })
    const demo = startServer(t, { LEAFPAD_PORT: String(await freePort()) }, 'demo')
    server = startServer(t, settings)
    variables.TOKEN = (await server.said(/set-up#token=([\w-]+)/))[1]!
    variables.KEY = (await demo.said(/(leafpad_\w{49})/))[1]!
    variables.BASE_URL = (await demo.said(/demo on (\S+)/))[1]!
    Object.assign(variables, await signIn(demo, variables.BASE_URL))
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
      if (block.mark === 'serves') return serves(t, block.text)
      assert.equal(block.mark, undefined, `there is no test called "${block.mark}"`)
      const out = await run(block)
      if (path === 'README.md') remember(out)
    })
  }

  /** The cookie of a session in the demo, and its organization's id. */
  async function signIn(demo: Program, url: string) {
    const [, email] = await demo.said(/account +(\S+)/)
    const [, password] = await demo.said(/password +(\S+)/)
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${url}/api/dashboard/v1/sign-in`, { method: 'POST', headers, body: JSON.stringify({ email, password }) })
    const COOKIE = answer.headers.getSetCookie()[0]!.split(';', 1)[0]!
    const session = await fetch(`${url}/api/dashboard/v1/session`, { headers: { cookie: COOKIE } })
    const { organization } = (await session.json()) as { organization: { id: string } }
    return { COOKIE, ORGANIZATION_ID: organization.id }
  }

  /** Runs a block to its end, which must be a good one, and returns what it wrote. */
  async function run({ language, text }: Block): Promise<string> {
    // What is asked of the public API goes to the demo, whose key there is; the rest to the server that was just set up.
    const ours = text
      .replaceAll('http://localhost:3000/api/public', `${variables.BASE_URL}/api/public`)
      .replaceAll('http://localhost:3000', `http://localhost:${settings.LEAFPAD_PORT}`)
      .replaceAll(/^curl /gm, 'curl --silent --show-error --fail-with-body ')
      .replaceAll(/^npm /gm, `npm --silent --prefix '${root}' `)
    const file = join(folder, `block.${language === 'js' ? 'mjs' : 'sh'}`)
    writeFileSync(file, ours)
    const command = language === 'js' ? process.execPath : 'bash'
    const commandArguments = language === 'js' ? [file] : ['-eu', file]
    const { stdout } = await promisify(execFile)(command, commandArguments, {
      cwd: folder,
      env: { ...environment(settings), ...variables },
    })
    return stdout
  }

  /** What the text tells the reader to put into a variable. */
  function remember(out: string) {
    const organization = /"(org_\w+)"/.exec(out)
    if (organization !== null) variables.ORGANIZATION_ID = organization[1]!
  }

  /** Starts what a block starts, on another port and folder, and ends it again. */
  async function serves(t: Parameters<typeof startProgram>[0], text: string) {
    const own = { LEAFPAD_PORT: String(await freePort()), LEAFPAD_DATA_DIR: temporaryFolder(t) }
    const database = text.includes('LEAFPAD_DATABASE_URL=') ? await createTestDatabase('postgres', t) : ''
    const ours = text.replace(/(LEAFPAD_DATABASE_URL=)\S+/, `$1${database}`)
    const program = startProgram(t, ['bash', '-euc', ours], { cwd: root, env: environment(own) })
    await program.said(/LeafPad listens on|LeafPad demo on/)
    assert.equal((await fetch(`http://127.0.0.1:${own.LEAFPAD_PORT}/healthz`)).status, 200)
    process.kill(-program.child.pid!, 'SIGINT')
    await program.said(/LeafPad is closing/)
    await program.ended
  }
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
    parse('nginx', ['-t', '-p', folder, '-c', file])
  })
}

for (const { path, block } of shown.filter(({ block }) => block.language === 'caddy')) {
  test(`${path}:${block.line} Caddy passes on to the server`, (t) => {
    assert.match(block.text, /reverse_proxy 127\.0\.0\.1:3000/)
    const file = join(temporaryFolder(t), 'Caddyfile')
    writeFileSync(file, block.text)
    parse('caddy', ['validate', '--adapter', 'caddyfile', '--config', file])
  })
}

/** Has the program itself read its configuration, where it is installed. */
function parse(command: string, commandArguments: string[]) {
  const { error, status, stderr } = spawnSync(command, commandArguments, { encoding: 'utf8' })
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return
  assert.equal(status, 0, stderr)
}
