import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import { untilRefused } from './states/state.ts'
import { narrow, openBrowser, openPage, wide } from './testing/browser.ts'
import { shareDashboard } from './testing/dashboard.ts'
import { activeOrganizationId, assertFits, assertFocused, callApi } from './testing/looks.ts'
import { openWorld } from './testing/world.ts'

const browser = await openBrowser({ after })
const { url, signUp } = await shareDashboard({ after }, browser)

const keys = '/settings/api-keys'
const settings = '/settings/organization'
const dayMs = 86_400_000

for (const viewport of [wide, narrow]) {
  const at = `at ${viewport.width} px:`

  test(`${at} a key that reads alone gets a command that reads, reads, and is told why it does not write`, async (t) => {
    const { page } = await signUp(t, { viewport })
    await page.goto(keys)
    await openGenerate(page, 'Reader')
    await page.getByLabel('Read only').check()
    const secret = await generate(page)
    assert.doesNotMatch(await page.getByLabel('In a terminal').inputValue(), / -d /)
    await finish(page)
    await rowOf(page, 'Reader').getByText('Read only', { exact: true }).waitFor()
    await assertFits(page)
    assert.equal((await request(url, secret, '/knowledge-base')).status, 200)
    const refused = await request(url, secret, '/knowledge-base', { text: 'x' })
    assert.deepEqual([refused.status, refused.problem.code], [403, 'missing_permission'])
    assert.match(refused.problem.detail!, /documents:write, which this API key was not given/)
  })

  test(`${at} chosen permissions are what the key has: it writes, and does not read`, async (t) => {
    const { page } = await signUp(t, { viewport })
    await page.goto(keys)
    await openGenerate(page, 'Importer')
    await page.getByLabel('Chosen permissions …').check()
    await page.getByLabel('Read documents:read').uncheck()
    await page.getByRole('dialog').getByRole('button', { name: 'Generate key' }).click()
    await page.getByText('Choose at least one.').waitFor()
    await page.getByLabel('Write documents:write').check()
    const secret = await generate(page)
    assert.match(await page.getByLabel('In a terminal').inputValue(), / -d /)
    await finish(page)
    await rowOf(page, 'Importer').getByText('Write only', { exact: true }).waitFor()
    assert.equal((await request(url, secret, '/knowledge-base', { text: 'x' })).status, 201)
    assert.equal((await request(url, secret, '/knowledge-base')).status, 403)
  })

  test(`${at} a key for certain networks is refused from elsewhere; what is no network is told with its line`, async (t) => {
    const { page, expectComplaint } = await signUp(t, { viewport })
    await page.goto(keys)
    await openGenerate(page, 'Inside')
    assert.equal(await page.getByLabel('Allowed networks').count(), 0)
    await page.getByLabel('Allow it from certain networks only').check()
    const networks = page.getByLabel('Allowed networks')
    await networks.fill('192.168.0.0/16,\n2001:db8::/32, 10.1.2.3/8')
    await page.getByRole('dialog').getByRole('button', { name: 'Generate key' }).click()
    const told = page.getByText('Line 2: 10.1.2.3/8 is no network, but an address in one; write 10.0.0.0/8')
    await told.waitFor()
    expectComplaint(/400/)
    // It is read out with the field, which has the focus.
    await page.locator('textarea:focus[aria-invalid=true]').waitFor()
    await assertFits(page)
    await networks.fill('192.168.0.0/16,\n2001:db8::/32, 10.0.0.0/8')
    assert.equal(await told.count(), 0)
    const secret = await generate(page)
    await page.getByRole('button', { name: 'Send test request' }).click()
    await page.getByText('403 · This API key does not allow requests from 127.0.0.1.').waitFor()
    expectComplaint(/403/)
    await finish(page)
    await rowOf(page, 'Inside').getByText('from 3 networks').click()
    await rowOf(page, 'Inside').getByText('2001:db8::/32', { exact: true }).waitFor()
    await assertFits(page)
    assert.equal((await request(url, secret, '/me')).problem.code, 'network_not_allowed')
    assert.equal((await request(url, secret, '/me', undefined, { 'x-forwarded-for': '10.20.30.40' })).status, 200)
  })

  test(`${at} a stricter policy blocks keys with their next request, once that was asked; an expiry or a looser policy lets them in again`, async (t) => {
    const { page, context } = await signUp(t, { viewport })
    await page.goto(settings)
    const organizationId = await activeOrganizationId(page)
    const endless = await generateByApi(context, { name: 'Endless', organizationId })
    const mended = await generateByApi(context, { name: 'Mended', organizationId })
    const policy = async () => (await callApi(page, 'GET', `/api/dashboard/v1/organizations/${organizationId}/policy`)).json.policy
    const before = await policy()
    const lifetime = page.getByLabel('Longest lifetime, in days')
    const save = page.getByRole('button', { name: 'Save policy' })
    const question = page.getByRole('alertdialog', { name: 'Make the policy stricter?' })
    await lifetime.fill('20')
    await save.click()
    await question.getByText('A key without an expiry, or with a longer life than 20 days, is blocked.').waitFor()
    await question.getByText('No key is changed or deleted.').waitFor()
    await assertFits(page)
    await question.getByRole('button', { name: 'Cancel' }).click()
    assert.deepEqual(await policy(), before)
    assert.equal((await request(url, endless, '/me')).status, 200)

    await save.click()
    await question.getByRole('button', { name: 'Save policy' }).click()
    await page.getByText('2 keys are blocked by it.').waitFor()
    await assertFocused(page, 'Save policy')
    await assertFits(page)
    assert.deepEqual(await policy(), { ...(before as object), maxLifetimeDays: 20 })
    const blocked = await request(url, endless, '/me')
    assert.deepEqual([blocked.status, blocked.problem.code], [403, 'key_blocked'])

    await page.getByRole('link', { name: 'Show what is blocked' }).click()
    await page.waitForURL(`${url}${keys}?status=blocked`)
    await page.getByText('2 keys.', { exact: true }).waitFor()
    await rowOf(page, 'Endless').getByText('Blocked', { exact: true }).waitFor()
    await rowOf(page, 'Endless').getByText('Must expire: set an expiry.').waitFor()
    await assertFits(page)
    await page.getByRole('button', { name: 'Actions for Mended' }).click()
    await page.getByRole('menuitem', { name: 'Set an expiry …' }).click()
    await page.getByText('it is let in again').waitFor()
    await page.getByRole('combobox', { name: 'Expires after' }).click()
    await page.getByRole('option', { name: 'On a date …' }).waitFor()
    assert.deepEqual(await page.getByRole('option').allTextContents(), ['1 day', '7 days', 'On a date …'])
    await page.getByRole('option', { name: '7 days' }).click()
    await page.getByRole('button', { name: 'Set expiry' }).click()
    await page.getByText('The server has set it').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click()
    await page.getByText('1 key.', { exact: true }).waitFor()
    assert.equal((await request(url, mended, '/me')).status, 200)

    await page.getByRole('button', { name: 'Generate key' }).click()
    await page.getByText('The organization’s policy lets a key live for 20 days at most.').waitFor()
    await page.getByRole('combobox', { name: 'Expires after' }).click()
    await page.getByRole('option', { name: 'On a date …' }).waitFor()
    assert.deepEqual(await page.getByRole('option').allTextContents(), ['7 days', '20 days', 'On a date …'])
    await page.getByRole('option', { name: 'On a date …' }).click()
    // To the end of the last day it would live for too long.
    const last = new Date(Date.now() + 19 * dayMs).toLocaleDateString('sv', { timeZone: 'Europe/Berlin' })
    assert.equal(await page.getByLabel('Last day').getAttribute('max'), last)
    await page.getByLabel('Last day').fill(last)
    await page.getByLabel('Name').fill('Dated')
    assert.equal((await request(url, await generate(page), '/me')).status, 200)
    await finish(page)
    // As long as the policy allows, which is what is offered first.
    await page.getByRole('button', { name: 'Generate key' }).click()
    await page.getByLabel('Name').fill('Longest')
    assert.equal(await page.getByRole('combobox', { name: 'Expires after' }).textContent(), '20 days')
    assert.equal((await request(url, await generate(page), '/me')).status, 200)
    await finish(page)

    await page.goto(settings)
    assert.equal(await lifetime.inputValue(), '20')
    await lifetime.fill('')
    await save.click()
    // What only allows more is not asked about.
    await page.getByText('No key is blocked by it.').waitFor()
    assert.deepEqual(await policy(), before)
    assert.equal((await request(url, endless, '/me')).status, 200)
  })

  test(`${at} a policy is saved as a whole, with what is wrong told at its fields; one that is refused stays as it was`, async (t) => {
    const { page, expectComplaint } = await signUp(t, { viewport })
    await page.goto(settings)
    const organizationId = await activeOrganizationId(page)
    const policy = async () => (await callApi(page, 'GET', `/api/dashboard/v1/organizations/${organizationId}/policy`)).json.policy
    const none = { maxLifetimeDays: null, needsExpiry: false, maxLiveKeysPerMember: null, maxIdleDays: null, networks: null }
    const networks = page.getByLabel('Networks', { exact: true })
    const save = async () => {
      await page.getByRole('button', { name: 'Save policy' }).click()
      await page.getByRole('alertdialog').getByRole('button', { name: 'Save policy' }).click()
      await page.getByRole('alertdialog').waitFor({ state: 'detached' })
    }
    await page.getByLabel('Longest lifetime, in days').fill('90')
    await page.getByLabel('Every key must expire').check()
    await page.getByLabel('Days without use').fill('30')
    await page.getByLabel('Live keys a member').fill('5')
    await networks.fill('127.0.0.0/8\n10.0.0.1/8')
    await save()
    await page.getByText('Line 2: 10.0.0.1/8 is no network').waitFor()
    await page.locator('textarea:focus[aria-invalid=true]').waitFor()
    expectComplaint(/400/)
    assert.deepEqual(await policy(), none)

    await networks.fill('127.0.0.0/8, ::ffff:10.0.0.0/104')
    const detail = 'The database cannot be asked right now. Try again in a moment.'
    const problem = { code: 'database_unavailable', detail }
    await page.route('**/policy', (route) =>
      route.request().method() === 'PATCH'
        ? route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify(problem) })
        : route.fallback(),
    )
    await save()
    await untilRefused(page)
    expectComplaint(/503/)
    assert.equal(await page.getByText('The policy is saved').count(), 0)
    assert.deepEqual(await policy(), none)
    assert.equal(await page.getByLabel('Days without use').inputValue(), '30')
    await page.unrouteAll()

    let sent: unknown
    page.on('request', (request) => {
      if (request.method() === 'PATCH') sent = request.postDataJSON()
    })
    await save()
    await page.getByText('No key is blocked by it.').waitFor()
    const saved = {
      maxLifetimeDays: 90,
      needsExpiry: true,
      maxLiveKeysPerMember: 5,
      maxIdleDays: 30,
      networks: ['127.0.0.0/8', '10.0.0.0/8'],
    }
    assert.deepEqual(await policy(), saved)
    // As the server keeps them.
    assert.equal(await networks.inputValue(), '127.0.0.0/8\n10.0.0.0/8')
    // The number of keys blocks none, so that nothing is asked; and what is not changed is not sent.
    await page.getByLabel('Live keys a member').fill('4')
    await page.getByRole('button', { name: 'Save policy' }).click()
    await page.getByText('No key is blocked by it.').waitFor()
    assert.deepEqual([await policy(), sent], [{ ...saved, maxLiveKeysPerMember: 4 }, { maxLiveKeysPerMember: 4 }])
  })

  test(`${at} a secret that is shown tells where to report it once found; a key that was reported is revoked, and the list says so`, async (t) => {
    const { page } = await signUp(t, { viewport })
    await page.goto(keys)
    await openGenerate(page, 'Found')
    const secret = await generate(page)
    const told = await page.getByText(/whoever finds it can report it to/).textContent()
    const [, address] = /POST (\S+report-leak)/.exec(told!)!
    await finish(page)
    const headers = { 'content-type': 'application/json' }
    assert.equal((await fetch(address!, { method: 'POST', headers, body: JSON.stringify({ secret }) })).status, 202)
    assert.equal((await request(url, secret, '/me')).status, 401)
    await page.reload()
    await rowOf(page, 'Found').getByText('Revoked', { exact: true }).waitFor()
    await rowOf(page, 'Found').getByText('Reported as leaked', { exact: true }).waitFor()
  })

  test(`${at} a key that was not used for too long is blocked until an admin lifts that; its owner alone cannot, and reads why`, async (t) => {
    const world = await openWorld(t)
    const organizationId = await world.addOrganization('Acme')
    const [ada, eve] = [await world.addUser('Ada'), await world.addUser('Eve')]
    await world.addMember(organizationId, ada.userId, 'admin')
    await world.addMember(organizationId, eve.userId, 'member')
    await world.database.kysely.updateTable('policy').set({ maxIdleDays: 30 }).execute()
    const open = async (userId: string) => {
      const opened = await openPage(t, browser, { viewport, baseURL: world.url })
      await opened.context.addCookies([await world.signIn(userId)])
      return opened
    }
    const member = await open(eve.userId)
    const secret = await generateByApi(member.context, { name: 'Dormant', organizationId })
    // What the server has counted it knows, so that it is used for the first time once it is old.
    const createdAt = Date.now() - 40 * dayMs
    await world.database.kysely.updateTable('key').set({ createdAt }).execute()
    assert.equal((await request(world.url, secret, '/me')).problem.reason, 'idle')

    await member.page.goto(settings)
    await member.page.getByText('After 30 days').waitFor()
    await member.page.getByText('As a member you can read it.').waitFor()
    assert.equal(await member.page.getByRole('button', { name: 'Save policy' }).count(), 0)
    await member.page.goto(keys)
    await rowOf(member.page, 'Dormant').getByText('Unused for too long: an admin can lift the block.').waitFor()
    await member.page.getByRole('button', { name: 'Actions for Dormant' }).click()
    await member.page.getByRole('menuitem', { name: 'Rename …' }).waitFor()
    assert.equal(await member.page.getByRole('menuitem', { name: /Lift/ }).count(), 0)

    const { page } = await open(ada.userId)
    await page.goto(`${keys}?status=blocked`)
    await page.getByRole('button', { name: 'Actions for Dormant' }).click()
    await page.getByRole('menuitem', { name: 'Lift the block …' }).click()
    const question = page.getByRole('alertdialog', { name: 'Lift the block of “Dormant”?' })
    await question.getByText('the policy blocks a key after 30 days without use').waitFor()
    await assertFits(page)
    await question.getByRole('button', { name: 'Lift the block' }).click()
    await page.getByText('“Dormant” is let in again.', { exact: true }).waitFor()
    await page.getByText('No key matches').waitFor()
    assert.equal((await request(world.url, secret, '/me')).status, 200)
    await page.getByRole('button', { name: 'Show all', exact: true }).click()
    await rowOf(page, 'Dormant').getByText('Active', { exact: true }).waitFor()
  })
}

const rowOf = (page: Page, key: string) => page.getByRole('row', { name: new RegExp(key) })

async function openGenerate(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Generate your first key' }).click()
  await page.getByLabel('Name').fill(name)
}

/** Generates what is asked for in the open dialog; the secret. */
async function generate(page: Page): Promise<string> {
  await page.getByRole('dialog').getByRole('button', { name: 'Generate key' }).click()
  return page.getByLabel('Secret', { exact: true }).inputValue()
}

/** Says that the secret is stored, and closes. */
async function finish(page: Page): Promise<void> {
  await page.getByLabel('I have stored it').check()
  await page.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
}

/** Makes a key with the page's session; its secret. */
async function generateByApi(context: BrowserContext, data: object): Promise<string> {
  const answer = await context.request.post('/api/dashboard/v1/keys', { data })
  assert.equal(answer.status(), 201, await answer.text())
  return (await answer.json()).secret
}

/** Asks the public API with a key; with a body it writes. */
async function request(url: string, secret: string, path: string, body?: object, headers: Readonly<Record<string, string>> = {}) {
  const answer = await fetch(`${url}/api/public/v1${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'x-api-key': secret, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const problem = (await answer.json()) as { readonly code?: string; readonly detail?: string; readonly reason?: string }
  return { status: answer.status, problem }
}
