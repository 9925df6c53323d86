import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import { type ArrivedMail, openMailServer } from '../server/testing/mail-server.ts'
import { openBrowser, openPage } from './testing/browser.ts'
import { account, signIn, signOut, startDashboard } from './testing/dashboard.ts'
import { startServer, temporaryFolder } from './testing/program.ts'

const pieceLength = 12

interface Named {
  readonly name: string
  readonly value: string
}

interface Har {
  readonly log: {
    readonly entries: {
      readonly request: { readonly method: string; readonly url: string; headers: Named[]; cookies: unknown[]; postData?: unknown }
      readonly response: {
        readonly status: number
        headers: Named[]
        cookies: unknown[]
        readonly content: { text?: string; encoding?: string }
      }
    }[]
  }
}

test('after the whole journey no 12 characters of a key, password or session are left anywhere, save where each is told', async (t) => {
  const folder = temporaryFolder(t)
  const harPath = join(folder, 'journey.har')
  const ofMailServer = randomBytes(24).toString('base64url')
  const mailServer = await openMailServer(t, { password: ofMailServer })
  const { url, setUpLink, server, settings } = await startDashboard(t, { LEAFPAD_LOG_LEVEL: 'debug', LEAFPAD_SMTP_URL: mailServer.url })
  const { page, context, expectComplaint } = await openPage(t, await openBrowser(t), { baseURL: url, harPath })
  const secrets = new Map([['password of the mail server', ofMailServer]])
  const password = newPassword('password', secrets)
  /** What the page was at each step, with all that the browser keeps for it. */
  const seen = new Map<string, string>()
  const look = async (step: string) => seen.set(step, await everythingIn(page, context))

  await page.goto(setUpLink)
  await page.getByLabel('Organization').fill(account.organization)
  await page.getByLabel('Your name').fill(account.name)
  await page.getByLabel('E-mail address').fill(account.email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Create account' }).click()
  await page.getByRole('button', { name: 'Generate your first key' }).waitFor()
  await keepSession('first session', context, secrets)
  await look('set up')

  await page.getByRole('button', { name: 'Generate your first key' }).click()
  await page.getByLabel('Name').fill('Swept')
  await page.getByRole('button', { name: 'Generate key' }).click()
  const secret = await page.getByLabel('Secret', { exact: true }).inputValue()
  secrets.set('key', secret)
  await page.getByRole('tab', { name: 'GitHub Actions' }).click()
  await page.getByRole('tab', { name: 'Node.js' }).click()
  await page.getByRole('button', { name: 'Send test request' }).click()
  await page.getByText('200 · Acme · 1,999 left').waitFor()
  await page.getByLabel('I have stored it').check()
  await page.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await look('key generated')

  await page.getByRole('link', { name: 'Swept' }).click()
  await page.getByRole('button', { name: 'Rotate …' }).click()
  await page.getByRole('button', { name: 'Rotate key' }).click()
  secrets.set('key after it was rotated', await page.getByLabel('Secret', { exact: true }).inputValue())
  await page.getByRole('button', { name: 'Send test request' }).click()
  await page.getByText('200 · Acme · 1,998 left').waitFor()
  await page.getByLabel('I have stored it').check()
  await page.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: /^End now: / }).waitFor()
  await look('key rotated')

  // Pasted by somebody who found it; the page has it until it is known whose it is.
  await page.goto('/settings/api-keys')
  await page.getByRole('button', { name: 'Whose secret is this?' }).click()
  await page.getByLabel('Secret', { exact: true }).fill(secret)
  await page.getByRole('button', { name: 'Find the key' }).click()
  await page.getByRole('dialog', { name: 'It is a secret of “Swept”' }).waitFor()
  await look('identified')
  await page.getByRole('link', { name: 'Open the key' }).click()
  await page.getByRole('list', { name: 'History' }).getByText('asked whose secret a text is').waitFor()
  await page.getByRole('table', { name: 'Last requests' }).waitFor()
  await look('history of the key')
  // And what nobody has found out about, since the dialog was left.
  await page.goto('/settings/api-keys')
  await page.getByRole('button', { name: 'Whose secret is this?' }).click()
  await page.getByLabel('Secret', { exact: true }).fill(secret)
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await look('not identified')
  await page.goto('/settings/audit')
  await page.getByRole('list', { name: 'Audit log' }).getByText('asked whose secret a text is').waitFor()
  const downloading = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download as NDJSON' }).click()
  seen.set('the audit export', readFileSync(await (await downloading).path(), 'latin1'))
  assert.match(seen.get('the audit export')!, /key\.identified/)
  await look('audit log')

  // Used as programs do, rightly and wrongly: none of it is to be in the log.
  const documents = `${url}/api/public/v1/knowledge-base`
  const send = (headers: Record<string, string>, body: object) =>
    fetch(documents, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) })
  assert.equal((await send({ 'x-api-key': secret }, { text: 'Hello' })).status, 201)
  assert.equal((await send({ authorization: `Bearer ${secret}` }, { txt: 'Hello' })).status, 400)
  assert.equal((await send({ 'x-api-key': `${secret}x` }, { text: 'Hello' })).status, 401)
  await page.goto('/knowledge-base')
  await page.getByRole('button', { name: 'Delete' }).first().waitFor()
  await look('documents')

  await page.goto('/account')
  const changed = newPassword('changed password', secrets)
  await page.getByLabel('Current password').fill('not this password')
  await page.getByLabel('New password').fill(changed)
  await page.getByRole('button', { name: 'Change password' }).click()
  await page.getByRole('alert').waitFor()
  await page.getByLabel('Current password').fill(password)
  await page.getByRole('button', { name: 'Change password' }).click()
  await page.getByText('The password is changed').waitFor()
  await keepSession('session after the change', context, secrets)
  await look('password changed')

  // Somebody is invited, joins with a password, and is given a link that sets another.
  await page.goto('/settings/members')
  await page.getByRole('button', { name: 'Invite a member' }).click()
  await page.getByLabel('E-mail address').fill('eve@example.com')
  await page.getByRole('button', { name: 'Make the link' }).click()
  const invitation = await page.getByLabel('Link', { exact: true }).inputValue()
  secrets.set('token of the invitation', tokenOf(invitation))
  await page.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await look('invited')
  // Once it is accepted there is no need for it.
  await mailServer.until(2)
  await signOut(page)
  await page.goto(invitation)
  await page.getByLabel('Your name').fill('Eve')
  await look('invitation read')
  await page.getByLabel('Password', { exact: true }).fill(newPassword('password of who joined', secrets))
  await page.getByRole('button', { name: 'Create account and join' }).click()
  await page.getByRole('button', { name: 'Organization: Acme' }).waitFor()
  await keepSession('session of who joined', context, secrets)
  await look('joined')
  await signOut(page)
  const command = startServer(t, settings, 'user', 'reset-password', 'eve@example.com')
  const [resetLink] = await command.said(/http\S+\/reset-password#token=\S+/)
  secrets.set('token that sets a password', tokenOf(resetLink))
  await page.goto(resetLink)
  await page.getByLabel('New password', { exact: true }).fill(newPassword('password that was set', secrets))
  await page.getByRole('button', { name: 'Set password' }).click()
  await page.getByRole('heading', { name: 'Your password is set' }).waitFor()
  await look('password set')
  await page.getByRole('link', { name: 'Sign in' }).click()
  await signIn(page, { email: 'eve@example.com', password: secrets.get('password that was set')! })
  await keepSession('session after the password was set', context, secrets)
  await signOut(page)
  await look('signed out')
  await page.getByLabel('E-mail address').fill(account.email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('alert').waitFor()
  expectComplaint(/401/)
  expectComplaint(/403/)
  await signIn(page, { email: account.email, password: changed })
  await keepSession('second session', context, secrets)
  await look('signed in')
  await page.goto('/settings/api-keys')
  await page.getByRole('button', { name: 'Actions for Swept' }).click()
  await page.getByRole('menuitem', { name: 'Revoke …' }).click()
  await page.getByRole('button', { name: 'Revoke key' }).click()
  await page.getByText('No request with this key is accepted').waitFor()
  await look('revoked')
  await page.keyboard.press('Escape')
  await page.getByRole('alertdialog').or(page.getByRole('dialog')).waitFor({ state: 'detached' })
  await signOut(page)
  await page.getByRole('link', { name: 'Forgot your password?' }).click()
  await page.getByRole('heading', { name: 'Forgot your password?' }).waitFor()
  await page.getByRole('button', { name: 'Send the link' }).waitFor()
  await page.getByLabel('E-mail address').fill(account.email)
  await page.getByRole('button', { name: 'Send the link' }).click()
  await page.getByRole('heading', { name: 'Look into your mailbox' }).waitFor()
  await look('asked for a link')
  await mailServer.until(3)
  const [, ofMail] = /#token=([\w-]{43})/.exec(mailServer.mails[2]!.text)!
  secrets.set('token of the mailed link', ofMail!)
  assert.equal((await send({ 'x-api-key': secret }, { text: 'Hello' })).status, 401)

  const pieces = [...secrets].flatMap(([name, value]) => piecesOf(value).map((piece) => ({ name, piece })))
  assert.ok(pieces.length > 200)
  const assertSwept = (where: string, text: string) => {
    assert.notEqual(text, '', `${where} is empty`)
    const found = pieces.find(({ piece }) => text.includes(piece))
    assert.equal(found, undefined, `${where} has a piece of the ${found?.name}`)
  }
  for (const [step, text] of seen) assertSwept(`the page, ${step},`, text)
  assert.deepEqual(mailServer.mails.map(linksIn), [0, 1, 1])
  for (const mail of mailServer.mails) assertSwept(`the mail “${mail.subject}”`, withoutLinks(mail))

  const dataDir = settings.LEAFPAD_DATA_DIR!
  const written = () => readdirSync(dataDir, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(dataDir, name)).isFile())
  const sweepFiles = (when: string) => {
    for (const name of written()) {
      const bytes = readFileSync(join(dataDir, name))
      if (bytes.length > 0) assertSwept(`${name} ${when}`, bytes.toString('latin1'))
    }
  }
  assert.ok(written().includes('leafpad.db') && written().includes('leafpad.db-wal'), written().join(', '))
  sweepFiles('while it runs')
  server.child.kill('SIGTERM')
  await server.ended
  sweepFiles('once it was stopped')
  assert.match(server.out, /"\/api\/dashboard\/v1\/keys"/, 'the log has a line of each request')
  assertSwept('the log', server.out + server.err)

  await context.close()
  const har = JSON.parse(readFileSync(harPath, 'utf8')) as Har
  assert.deepEqual(takeOutWhatMustBe(har), { passwords: 8, tokens: 1, links: 1, identified: 1, keyHeaders: 2, keyAnswers: 2 })
  assertSwept('the HAR', JSON.stringify(har))
})

/** How many links with a token a mail has. */
function linksIn({ text }: ArrivedMail): number {
  return text.split('#token=').length - 1
}

/** A mail as it came, and as it is read, without the tokens of its links. */
function withoutLinks({ raw, text }: ArrivedMail): string {
  // A line that goes on in the next (RFC 2045, section 6.7).
  const unfolded = raw.replaceAll('=\r\n', '').replaceAll('=3D', '=')
  return `${unfolded}\n${text}`.replaceAll(/#token=[\w-]+/g, '')
}

/**
 * Takes out of the HAR where a secret must be, and counts it: passwords, and a link's token beside one, in the bodies of the requests
 * that take one; the token of an invitation that is read; the answer that tells its link; the session in `Cookie`, and in the
 * `Set-Cookie` of answers that begin or renew it; the key in `x-api-key` of the test request, and in the answers that tell it, of generating and rotating, and in the
 * body of the question whose it is. What is left must have none: addresses, all other headers, all other bodies.
 */
function takeOutWhatMustBe({ log }: Har) {
  const counts = { passwords: 0, tokens: 0, links: 0, identified: 0, keyHeaders: 0, keyAnswers: 0 }
  for (const { request, response } of log.entries) {
    const { pathname } = new URL(request.url)
    const asked = `${request.method} ${pathname}`
    request.headers = request.headers.filter(({ name }) => name.toLowerCase() !== 'cookie')
    request.cookies = []
    if (['set-up', 'sign-up', 'sign-in', 'password', 'password-reset'].some((name) => asked === `POST /api/dashboard/v1/${name}`)) {
      counts.passwords++
      delete request.postData
      response.headers = response.headers.filter(({ name }) => name.toLowerCase() !== 'set-cookie')
      response.cookies = []
    }
    if (asked === 'POST /api/dashboard/v1/invitations/read') {
      counts.tokens++
      delete request.postData
    }
    if (/^POST \/api\/dashboard\/v1\/organizations\/\w+\/invitations$/.test(asked)) {
      counts.links++
      assert.match(response.content.text ?? '', /#token=/)
      delete response.content.text
    }
    if (asked === 'POST /api/dashboard/v1/keys/identify') {
      counts.identified++
      delete request.postData
    }
    if (asked === 'GET /api/public/v1/me') {
      counts.keyHeaders += request.headers.filter(({ name }) => name.toLowerCase() === 'x-api-key').length
      request.headers = request.headers.filter(({ name }) => name.toLowerCase() !== 'x-api-key')
    }
    if (/^POST \/api\/dashboard\/v1\/keys(\/\w+\/rotate)?$/.test(asked)) {
      counts.keyAnswers++
      assert.ok(response.headers.some(({ name, value }) => name.toLowerCase() === 'cache-control' && value === 'no-store'))
      assert.match(response.content.text ?? '', /leafpad_/)
      delete response.content.text
    }
    // What was not a text is here in another coding, in which nothing would be found.
    if (response.content.encoding === 'base64') {
      response.content.text = Buffer.from(response.content.text ?? '', 'base64').toString('latin1')
    }
  }
  return counts
}

function tokenOf(link: string): string {
  return link.split('#token=')[1]!
}

function newPassword(name: string, secrets: Map<string, string>): string {
  const password = randomBytes(24).toString('base64url')
  secrets.set(name, password)
  return password
}

/** Remembers the token of the session as the cookie has it, and as it is without its coding. */
async function keepSession(name: string, context: BrowserContext, secrets: Map<string, string>): Promise<void> {
  const cookie = (await context.cookies()).find((cookie) => cookie.name.endsWith('session_token'))!
  assert.ok(cookie.httpOnly)
  secrets.set(name, cookie.value)
  secrets.set(`${name}, decoded`, decodeURIComponent(cookie.value))
}

function piecesOf(secret: string): string[] {
  return Array.from({ length: secret.length - pieceLength + 1 }, (_, at) => secret.slice(at, at + pieceLength))
}

/** The document, its address and title, what is in its fields, and all that its origin keeps in the browser, but the cookie. */
async function everythingIn(page: Page, context: BrowserContext): Promise<string> {
  const { origins } = await context.storageState({ indexedDB: true })
  const source = `(async () => JSON.stringify([
    location.href, document.title, history.state, document.cookie, { ...localStorage }, { ...sessionStorage },
    [...document.querySelectorAll('input, textarea')].map(({ value }) => value),
    performance.getEntriesByType('resource').map(({ name }) => name),
    await Promise.all((await caches.keys()).map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => url))),
    (await indexedDB.databases()).map(({ name }) => name),
    (await navigator.serviceWorker.getRegistrations()).length,
  ]))()`
  return [await page.content(), JSON.stringify(origins), await page.evaluate<string>(source)].join('\n')
}
