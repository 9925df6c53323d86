import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import type { BrowserContext, Page, Route } from 'playwright-core'
import { narrow, openBrowser, openPage, overflowsSideways, wide } from './testing/browser.ts'
import { shareDashboard } from './testing/dashboard.ts'
import { focusOn, tabTo } from './testing/keyboard.ts'
import { assertFocusedId } from './testing/looks.ts'

const browser = await openBrowser({ after })
const { url, signUp } = await shareDashboard({ after }, browser)

const dayMs = 86_400_000
const oneKey = '**/api/dashboard/v1/keys/key_*'

interface Key {
  readonly id: string
  readonly secrets: readonly { readonly number: number; readonly endsAt: string | null }[]
}

for (const viewport of [wide, narrow]) {
  test(`at ${viewport.width} px: a key in use is rotated, its old secret seen in use until it is not, and ended; the new one goes on, with one quota`, async (t) => {
    const { page, context } = await signUp(t, { viewport })
    const { key, secret: old } = await generate(context, 'Nightly import')
    await page.goto('/settings/api-keys')
    await page.getByRole('link', { name: 'Nightly import' }).click()
    await page.getByRole('heading', { name: 'Nightly import', level: 1 }).waitFor()
    await page.waitForURL(`${url}/settings/api-keys/${key.id}`)
    await lastUse(page, old, /^Never used$/).waitFor()
    assert.equal(await curl(old), '200')

    await page.getByRole('button', { name: 'Rotate …' }).click()
    const dialog = page.getByRole('dialog', { name: 'Rotate “Nightly import”' })
    await dialog.getByText('Its id, name, expiry and quota stay').waitFor()
    const choice = page.getByLabel(`How long ${hintOf(old)} goes on`)
    assert.equal(await choice.locator('option:checked').textContent(), '24 hours')
    const choices = ['Not at all: it ends at once', '1 hour', '24 hours', '7 days', 'Until I end it']
    assert.deepEqual(await choice.locator('option').allTextContents(), choices)
    assert.equal(await overflowsSideways(page), false)
    const askedAt = Date.now()
    await page.getByRole('button', { name: 'Rotate key' }).click()
    const fresh = await page.getByLabel('Secret', { exact: true }).inputValue()
    assert.match(fresh, /^leafpad_[0-9A-Za-z]{49}$/)
    assert.notEqual(fresh, old)
    const [, { endsAt }] = (await read(context, key.id)).secrets as [unknown, { endsAt: string }]
    assert.ok(Date.parse(endsAt) >= askedAt + dayMs && Date.parse(endsAt) <= Date.now() + dayMs, endsAt)
    const told = await page.getByText('Nightly import has a new secret.').textContent()
    assert.ok(told!.includes(`${hintOf(old)}, ends on`) && told!.includes(`(${utc(endsAt)})`), told!)
    assert.equal(await overflowsSideways(page), false)
    await page.getByRole('button', { name: 'Send test request' }).click()
    await page.getByText('200 · Acme · 1,998 left').waitFor()
    await store(page)

    const newest = secretOf(page, fresh)
    const older = secretOf(page, old)
    await newest.getByText('Newest').waitFor()
    await lastUse(page, fresh, /^just now.* from 127\.0\.0\.1$/).waitFor()
    await lastUse(page, old, /^just now.* from 198\.51\.100\.200$/).waitFor()
    await older.getByText('Old', { exact: true }).waitFor()
    await older.getByText('In 24 hours').waitFor()
    await older.getByText(utc(endsAt)).waitFor()
    assert.equal(await overflowsSideways(page), false)
    // From another address: what the page tells by itself is of this request.
    assert.equal(await curl(old, '198.51.100.201'), '200')
    await lastUse(page, old, /^just now.* from 198\.51\.100\.201$/).waitFor()
    await lastUse(page, fresh, /^just now.* from 127\.0\.0\.1$/).waitFor()
    await page.getByText('3 / 2,000').waitFor()

    await page.getByRole('main').getByRole('link', { name: 'API Keys' }).click()
    const row = page.getByRole('row', { name: /Nightly import/ })
    await row.getByText(`Old …${old.slice(-4)} ends`).waitFor()
    await row.getByText('in 24 hours').waitFor()
    assert.equal(await overflowsSideways(page), false)
    await page.getByRole('button', { name: 'Actions for Nightly import' }).click()
    await page.getByRole('menuitem', { name: 'Open' }).click()

    await older.getByRole('button', { name: 'End now' }).click()
    await page
      .getByRole('alert')
      .getByText(`${hintOf(old)} has ended`)
      .waitFor()
    await older.waitFor({ state: 'detached' })
    const refused = await ask(old)
    assert.deepEqual([refused.status, refused.json.code], [401, 'secret_ended'])
    const letIn = await ask(fresh)
    assert.equal(letIn.status, 200)
    // One of the old secret's, one of the new one's test, one of the old, this one; what was refused costs nothing.
    assert.deepEqual([letIn.json.quota.used, letIn.json.quota.left], [4, 1_996])
    assert.equal(await overflowsSideways(page), false)
  })
}

test('rotating a key that has two secrets names the older one with its last use, and ends it; at once means at once', async (t) => {
  const { page, context } = await signUp(t)
  const { key, secret: first } = await generate(context, 'CI')
  const second = await rotate(context, key.id, null)
  assert.equal(await curl(first, '198.51.100.202'), '200')
  await page.goto(`/settings/api-keys`)
  await page
    .getByRole('row', { name: /CI/ })
    .getByText(`Old …${first.slice(-4)} goes on`)
    .waitFor()
  // An old secret is found by its end too.
  await page.getByLabel('Search').fill(first.slice(-4))
  await page.getByText('1 key matches').waitFor()
  await page.getByRole('button', { name: 'Show all' }).click()
  await page.getByRole('button', { name: 'Actions for CI' }).click()
  await page.getByRole('menuitem', { name: 'Rotate …' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText(`Rotating ends ${hintOf(first)} now`).waitFor()
  await dialog.getByText('The older was last used just now from 198.51.100.202.').waitFor()
  await page.getByLabel(`How long ${hintOf(second)} goes on`).selectOption('Not at all: it ends at once')
  await dialog.getByText('What sends it now is refused at once').waitFor()
  await page.getByRole('button', { name: 'Rotate key' }).click()
  const third = await page.getByLabel('Secret', { exact: true }).inputValue()
  await dialog.getByText(`The old one, ${hintOf(second)}, has ended.`).waitFor()
  assert.deepEqual([await curl(first), await curl(second), await curl(third)], ['401', '401', '200'])
  await store(page)
  await focusOn(page, 'Actions for CI')
  const { secrets } = await read(context, key.id)
  assert.deepEqual(
    secrets.map(({ number }) => number),
    [3],
  )
})

test('a key that was rotated elsewhere meanwhile is not rotated on top of that: the dialog says so, and then what another rotation ends', async (t) => {
  const { page, context, expectComplaint } = await signUp(t)
  expectComplaint(/409/)
  const { key, secret: first } = await generate(context, 'CI')
  await page.goto(`/settings/api-keys/${key.id}`)
  await page.getByRole('button', { name: 'Rotate …' }).click()
  await page.getByLabel(`How long ${hintOf(first)} goes on`).selectOption('Not at all: it ends at once')
  const second = await rotate(context, key.id, 3_600)
  await page.getByRole('button', { name: 'Rotate key' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('alert').getByText('has been rotated since it was looked at').waitFor()
  assert.deepEqual([await curl(first), await curl(second)], ['200', '200'])
  await dialog.getByText(`Rotating ends ${hintOf(first)} now`).waitFor()
  await page.getByRole('button', { name: 'Rotate key' }).click()
  const third = await page.getByLabel('Secret', { exact: true }).inputValue()
  assert.deepEqual([await curl(first), await curl(second), await curl(third)], ['401', '401', '200'])
})

test('a press that comes twice rotates once, and nothing closes the dialog before the secret is there', async (t) => {
  const { page, context } = await signUp(t)
  const { key } = await generate(context, 'CI')
  await page.goto(`/settings/api-keys/${key.id}`)
  await page.getByRole('button', { name: 'Rotate …' }).click()
  let asked = 0
  let answer!: () => void
  const held = new Promise<void>((resolve) => (answer = resolve))
  await page.route(`${oneKey}/rotate`, async (route) => {
    asked++
    const response = await route.fetch()
    await held
    await route.fulfill({ response })
  })
  const button = page.getByRole('button', { name: 'Rotate key' })
  // Both before the page has drawn anything of the first.
  await button.evaluate((it: { click(): void }) => {
    it.click()
    it.click()
  })
  await button.press('Enter')
  await button.dblclick({ force: true })
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Cancel' }).click({ force: true })
  await page.getByRole('dialog', { name: 'Rotate “CI”' }).waitFor()
  answer()
  await page.getByLabel('Secret', { exact: true }).waitFor()
  assert.equal(asked, 1)
  assert.deepEqual(
    (await read(context, key.id)).secrets.map(({ number }) => number),
    [2, 1],
  )
})

test('when the answer is lost, rotating again ends the secret that nobody saw, and the one in use goes on', async (t) => {
  const { page, context, allowComplaint } = await signUp(t)
  allowComplaint(/ERR_FAILED/)
  const { key, secret: first } = await generate(context, 'CI')
  await page.goto(`/settings/api-keys/${key.id}`)
  await page.getByRole('button', { name: 'Rotate …' }).click()
  const alert = page.getByRole('alert')
  const button = page.getByRole('button', { name: 'Rotate key' })
  await page.route(`${oneKey}/rotate`, (route) => route.abort())
  await button.click()
  await alert.getByText('it may have been rotated').waitFor()
  await alert.getByText(`what you choose here holds for ${hintOf(first)}`).waitFor()

  await page.unroute(`${oneKey}/rotate`)
  await page.route(`${oneKey}/rotate`, async (route) => {
    await route.fetch()
    await route.abort()
  })
  // Twice: neither is the first secret ended by what is done for a second one that nobody saw.
  for (const unseen of [2, 4]) {
    await button.click()
    await alert.getByText(/^It was rotated, but nobody has seen leafpad_…....$/).waitFor()
    await alert.getByText(`Nothing is lost: ${hintOf(first)} is let in as before.`).waitFor()
    const { secrets } = await read(context, key.id)
    assert.deepEqual(
      secrets.map(({ number }) => number),
      [unseen, 1],
    )
    assert.equal(await page.getByText('Rotating ends').count(), 0)
    assert.equal(await curl(first), '200')
    await page.getByLabel(`How long ${hintOf(first)} goes on`).waitFor()
  }

  await page.unroute(`${oneKey}/rotate`)
  await page.getByLabel(/^How long/).selectOption('Until I end it')
  await button.click()
  const seen = await page.getByLabel('Secret', { exact: true }).inputValue()
  assert.deepEqual([await curl(first), await curl(seen)], ['200', '200'])
  const { secrets } = await read(context, key.id)
  assert.deepEqual(
    secrets.map(({ number, endsAt }) => [number, endsAt]),
    [
      [6, null],
      [1, null],
    ],
  )
})

test('a rotation whose answer was lost and that the server does only after the key was read again does not cost the secret in use', async (t) => {
  const { page, context, allowComplaint } = await signUp(t)
  allowComplaint(/ERR_FAILED|409/)
  const { key, secret: first } = await generate(context, 'CI')
  await page.goto(`/settings/api-keys/${key.id}`)
  await page.getByRole('button', { name: 'Rotate …' }).click()
  await page.route(`${oneKey}/rotate`, (route) => route.abort())
  const button = page.getByRole('button', { name: 'Rotate key' })
  await button.click()
  await page.getByRole('alert').getByText('it may have been rotated').waitFor()
  await page.unroute(`${oneKey}/rotate`)
  let late = ''
  const lateOnce = async (route: Route) => {
    late = await rotate(context, key.id, 3_600)
    await route.continue()
  }
  await page.route(`${oneKey}/rotate`, lateOnce, { times: 1 })
  await button.click()
  const seen = await page.getByLabel('Secret', { exact: true }).inputValue()
  assert.deepEqual([await curl(first), await curl(late), await curl(seen)], ['200', '401', '200'])
})

test('where there were two secrets and the lost rotation was not done, rotating again ends the older one as it says', async (t) => {
  const { page, context, allowComplaint } = await signUp(t)
  allowComplaint(/ERR_FAILED/)
  const { key, secret: first } = await generate(context, 'CI')
  const second = await rotate(context, key.id, null)
  await page.goto(`/settings/api-keys/${key.id}`)
  await page.getByRole('button', { name: 'Rotate …' }).click()
  await page.route(`${oneKey}/rotate`, (route) => route.abort())
  const button = page.getByRole('button', { name: 'Rotate key' })
  await button.click()
  await page.getByRole('alert').getByText('it may have been rotated').waitFor()
  await page.getByText(`Rotating ends ${hintOf(first)} now`).waitFor()
  await page.unroute(`${oneKey}/rotate`)
  await button.click()
  const third = await page.getByLabel('Secret', { exact: true }).inputValue()
  assert.deepEqual([await curl(first), await curl(second), await curl(third)], ['401', '200', '200'])
})

test('a secret is shown as ended only once the server says so, and what it refused as it was; one that ended meanwhile has ended', async (t) => {
  const { page, context, allowComplaint } = await signUp(t)
  allowComplaint(/503/)
  const { key, secret: old } = await generate(context, 'CI')
  await rotate(context, key.id, null)
  await page.goto(`/settings/api-keys/${key.id}`)
  const older = secretOf(page, old)
  const button = older.getByRole('button', { name: 'End now' })
  await older.getByText('When it is ended here').waitFor()
  let asked!: (route: Route) => void
  const route = new Promise<Route>((resolve) => (asked = resolve))
  await page.route(`${oneKey}/secrets/1/end`, (one) => asked(one))
  await button.click()
  const held = await route
  await older.getByText('Old', { exact: true }).waitFor()
  assert.equal(await page.getByText('has ended').count(), 0)
  const problem = { code: 'database_unavailable', detail: 'The database cannot be reached. Try again in a moment.' }
  await held.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify(problem) })
  await older.getByRole('alert').getByText('The database cannot be reached').waitFor()
  assert.equal(await curl(old), '200')

  // The page does not know that somebody else has ended it.
  await page.unroute(`${oneKey}/secrets/1/end`)
  const waiting: Route[] = []
  let holds = true
  await page.route(oneKey, (route) => (holds ? waiting.push(route) : route.continue()))
  const ended = await context.request.post(`/api/dashboard/v1/keys/${key.id}/secrets/1/end`, await about(context))
  assert.equal(ended.status(), 200)
  await button.click()
  holds = false
  for (const route of waiting) await route.continue()
  await page
    .getByRole('alert')
    .getByText(`${hintOf(old)} has ended`)
    .waitFor()
  await older.waitFor({ state: 'detached' })
})

test('only who generated a key is offered to rotate it, a viewer too; an admin is told who can, and can end the old secret and revoke', async (t) => {
  const admin = await signUp(t)
  const members = `/api/dashboard/v1/organizations/${await organizationId(admin.context)}`
  const data = { email: 'eve-rotates@example.com', role: 'viewer' }
  const { link } = await (await admin.context.request.post(`${members}/invitations`, { data })).json()
  const viewer = await openPage(t, browser, { baseURL: url })
  viewer.expectComplaint(/401/)
  await viewer.page.goto(link)
  await viewer.page.getByLabel('Your name').fill('Eve')
  await viewer.page.getByLabel('Password', { exact: true }).fill('another long password')
  await viewer.page.getByRole('button', { name: 'Create account and join' }).click()
  await viewer.page.getByRole('button', { name: 'Organization: Acme' }).waitFor()
  const { key, secret: old } = await generate(viewer.context, 'Reader')
  await viewer.page.goto(`/settings/api-keys/${key.id}`)
  await viewer.page.getByRole('button', { name: 'Rotate …' }).click()
  await viewer.page.getByRole('button', { name: 'Rotate key' }).click()
  const fresh = await viewer.page.getByLabel('Secret', { exact: true }).inputValue()
  assert.doesNotMatch(await viewer.page.getByLabel('In a terminal').inputValue(), / -d /)
  await store(viewer.page)

  const { page } = admin
  await page.goto('/settings/api-keys')
  await page.getByRole('button', { name: 'Actions for Reader' }).click()
  const items = ['Open', 'Rename …', 'Set an expiry …', 'Revoke …']
  assert.deepEqual(await page.getByRole('menuitem').allTextContents(), items)
  await page.getByRole('menuitem', { name: 'Open' }).click()
  await page.getByText('Only Eve, who generated the key, can rotate it').waitFor()
  const buttons = await page.getByRole('main').getByRole('button', { name: /…$/ }).allTextContents()
  assert.deepEqual(buttons, items.slice(1))
  await secretOf(page, old).getByRole('button', { name: 'End now' }).click()
  await page.getByRole('alert').getByText('has ended').waitFor()
  assert.deepEqual([await curl(old), await curl(fresh)], ['401', '200'])

  await page.getByRole('button', { name: 'Revoke …' }).click()
  await page.getByRole('button', { name: 'Revoke key' }).click()
  await page.getByText('No request with this key is accepted').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click()
  await page.getByText('By an admin', { exact: true }).waitFor()
  // What was pressed is gone with the key.
  await assertFocusedId(page, 'content')
  assert.deepEqual(await page.getByRole('main').getByRole('button', { name: /…$/ }).allTextContents(), ['Rename …'])
})

test('by keyboard alone a key is opened, rotated and its old secret ended, and the focus is where it was or at what was done', async (t) => {
  const { page, context } = await signUp(t)
  const { secret: old } = await generate(context, 'Typed')
  await page.goto('/settings/api-keys')
  await page.getByRole('row', { name: /Typed/ }).waitFor()
  await tabTo(page, 'Typed')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Typed', level: 1 }).waitFor()
  await assertFocusedId(page, 'content')
  await tabTo(page, 'Rotate …')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog', { name: 'Rotate “Typed”' }).waitFor()
  await page.keyboard.press('Escape')
  await focusOn(page, 'Rotate …')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog', { name: 'Rotate “Typed”' }).waitFor()
  await tabTo(page, `How long ${hintOf(old)} goes on`)
  await page.keyboard.press('ArrowUp')
  await page.getByText('Asked for now, it ends on').waitFor()
  await tabTo(page, 'Rotate key')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog', { name: 'Store the new secret now' }).waitFor()
  await tabTo(page, 'I have stored it where I will find it again.')
  await page.keyboard.press('Space')
  await tabTo(page, 'Done')
  await page.keyboard.press('Enter')
  await focusOn(page, 'Rotate …')
  await secretOf(page, old).getByText('In 60 minutes').waitFor()
  await tabTo(page, `End now: ${hintOf(old)}`)
  await page.keyboard.press('Enter')
  await secretOf(page, old).waitFor({ state: 'detached' })
  const focused = await page.evaluate<string>('document.activeElement.textContent')
  assert.ok(focused.startsWith(`${hintOf(old)} has ended`), focused)
})

test('while two secrets are let in the page asks again every few seconds, as long as it is in sight; else rarely', async (t) => {
  const { page, context } = await signUp(t)
  const { key } = await generate(context, 'CI')
  await rotate(context, key.id, null)
  await page.clock.install()
  const path = `/api/dashboard/v1/keys/${key.id}`
  let asked = 0
  page.on('request', (request) => {
    if (request.url() === url + path) asked++
  })
  await page.goto(`/settings/api-keys/${key.id}`)
  await page.getByRole('button', { name: /^End now: / }).waitFor()
  // From here on it passes only where the test says so.
  await page.clock.pauseAt(Date.now() + 10_000)
  const look = (state: string) =>
    page.evaluate(`Object.defineProperty(document, 'visibilityState', { value: '${state}', configurable: true })
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))`)
  const asksDuring = async (seconds: number) => {
    const answered = page.waitForResponse(url + path)
    await page.clock.runFor(seconds * 1_000)
    await answered
  }
  const asksNothingDuring = async (seconds: number) => {
    const before = asked
    await page.clock.runFor(seconds * 1_000)
    // What it would have asked is on its way before this.
    await page.evaluate(`fetch('/healthz')`)
    assert.equal(asked, before)
  }
  for (let time = 0; time < 3; time++) await asksDuring(8)
  await look('hidden')
  await asksNothingDuring(300)
  const shownAgain = page.waitForResponse(url + path)
  await look('visible')
  await shownAgain
  // While the page has not taken that in, it asks for nothing more.
  await page.evaluate(`fetch('/healthz')`)
  for (let time = 0; time < 3; time++) await asksDuring(8)
  await page.clock.resume()
  const ended = page.waitForResponse((response) => response.url().endsWith('/end'))
  await page.getByRole('button', { name: /^End now: / }).click()
  await ended
  await page.getByRole('alert').getByText('has ended').waitFor()
  await asksNothingDuring(30)
  await asksDuring(60)
})

test('where there is no such key, or none that one may see, the page says so and leads back', async (t) => {
  const stranger = await signUp(t)
  const { key } = await generate(stranger.context, 'Not yours')
  const { page, context, allowComplaint } = await signUp(t)
  allowComplaint(/404/)
  const own = await generate(context, 'Own')
  for (const id of ['key_0000000000000000000000', key.id, `${own.key.id}%3Fx`, '%252e%252e']) {
    await page.goto(`/settings/api-keys/${id}`)
    await page.getByText('There is no such key').waitFor()
    assert.equal(await page.getByText(/^(Not yours|Own)$/).count(), 0)
  }
  await page.getByRole('link', { name: 'To the API keys' }).click()
  await page.getByRole('row', { name: /Own leafpad/ }).waitFor()
})

/** What the page tells of a secret. */
function secretOf(page: Page, secret: string) {
  return page.getByRole('listitem', { name: hintOf(secret) })
}

/** Where the page tells when and from where a secret was last used, once that is so. */
function lastUse(page: Page, secret: string, told: RegExp) {
  const fact = secretOf(page, secret).locator('div', { has: page.locator('> dt', { hasText: 'Last used' }) })
  return fact.locator('dd').filter({ hasText: told })
}

function hintOf(secret: string): string {
  return `leafpad_…${secret.slice(-4)}`
}

function utc(instant: string): string {
  return `${instant.slice(0, 19).replace('T', ' ')} UTC`
}

/** Says that the secret is stored, and closes. */
async function store(page: Page): Promise<void> {
  await page.getByLabel('I have stored it').check()
  await page.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
}

/** Sends a request as a program does; the status it is answered with. */
async function curl(secret: string, from = '198.51.100.200'): Promise<string> {
  const headers = ['-H', `x-api-key: ${secret}`, '-H', `x-forwarded-for: ${from}`]
  const { stdout } = await promisify(execFile)('curl', [
    ...['--silent', '--output', '/dev/null', '--write-out', '%{http_code}'],
    ...headers,
    `${url}/api/public/v1/me`,
  ])
  return stdout
}

async function ask(secret: string) {
  const answer = await fetch(`${url}/api/public/v1/me`, { headers: { 'x-api-key': secret } })
  const json = (await answer.json()) as { code: string; quota: { used: number; left: number } }
  return { status: answer.status, json }
}

async function organizationId(context: BrowserContext): Promise<string> {
  return (await (await context.request.get('/api/dashboard/v1/session')).json()).organization.id
}

/** Says which organization a request of the context is about. */
async function about(context: BrowserContext) {
  return { headers: { 'x-organization-id': await organizationId(context) } }
}

async function generate(context: BrowserContext, name: string): Promise<{ key: Key; secret: string }> {
  const data = { name, organizationId: await organizationId(context) }
  const answer = await context.request.post('/api/dashboard/v1/keys', { data })
  assert.equal(answer.status(), 201, await answer.text())
  return answer.json()
}

/** Rotates a key with the page's session; its new secret. */
async function rotate(context: BrowserContext, id: string, oldEndsInSeconds: number | null): Promise<string> {
  const options = { ...(await about(context)), data: { oldEndsInSeconds } }
  const answer = await context.request.post(`/api/dashboard/v1/keys/${id}/rotate`, options)
  assert.equal(answer.status(), 200, await answer.text())
  return (await answer.json()).secret
}

async function read(context: BrowserContext, id: string): Promise<Key> {
  return (await (await context.request.get(`/api/dashboard/v1/keys/${id}`, await about(context))).json()).key
}
