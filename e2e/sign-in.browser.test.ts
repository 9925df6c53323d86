import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { BrowserContext } from 'playwright-core'
import { narrow, openBrowser, openPage, overflowsSideways, wide } from './testing/browser.ts'
import { account, setUp, shareDashboard, signIn, signOut, startDashboard } from './testing/dashboard.ts'
import { assertFocusedId } from './testing/looks.ts'

const browser = await openBrowser({ after })
const { url, signUp } = await shareDashboard({ after }, browser)

for (const viewport of [wide, narrow]) {
  test(`at ${viewport.width} px: the set-up link makes an account, which signs out and in and comes back to where it was`, async (t) => {
    const { url, setUpLink } = await startDashboard(t)
    const { page, expectComplaint } = await openPage(t, browser, { viewport, baseURL: url })
    await setUp(page, setUpLink)
    assert.equal(page.url(), `${url}/settings/api-keys`)
    assert.equal(await overflowsSideways(page), false)
    await signOut(page)

    await page.goto('/settings/members')
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await page.getByLabel('E-mail address').fill(account.email)
    await page.getByLabel('Password', { exact: true }).fill('not the password')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').waitFor()
    expectComplaint(/401/)
    assert.equal(await overflowsSideways(page), false)
    await signIn(page)
    await page.waitForURL(`${url}/settings/members`)
  })
}

test('the token of a link is not in the address once the page is there, and is still known after going elsewhere and back', async (t) => {
  const { url, setUpLink } = await startDashboard(t)
  const { page } = await openPage(t, browser, { baseURL: url })
  await page.goto(setUpLink)
  await page.getByRole('button', { name: 'Create account' }).waitFor()
  await page.waitForURL(`${url}/set-up`)
  assert.doesNotMatch(await page.content(), new RegExp(setUpLink.split('#token=')[1]!))
})

test('at 320 px, by keyboard: the menu opens, leads somewhere, closes, and the page that was led to has the focus', async (t) => {
  const { page } = await signUp(t, { viewport: narrow })
  await page.goto('/settings/api-keys')
  await page.getByRole('button', { name: 'Menu' }).press('Enter')
  await page.getByRole('dialog', { name: 'LeafPad' }).waitFor()
  await page.getByRole('link', { name: 'Members' }).press('Enter')
  await page.getByRole('heading', { name: 'Members', level: 1 }).waitFor()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await assertFocusedId(page, 'content')
  await page.getByRole('button', { name: /^Account of / }).press('Enter')
  await page.getByRole('menuitem', { name: 'Account' }).waitFor()
  assert.equal(await overflowsSideways(page), false)
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: /^Organization: / }).press('Enter')
  await page.getByRole('menuitem', { name: 'New organization' }).press('Enter')
  const name = 'W'.repeat(100)
  await page.getByLabel('Name').fill(name)
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: `Organization: ${name}` }).waitFor()
  await page.getByRole('heading', { name: 'Knowledge base', level: 1 }).waitFor()
  assert.equal(await overflowsSideways(page), false, 'the longest name has room')
  const menu = await page.getByRole('button', { name: /^Account of / }).boundingBox()
  assert.ok(menu !== null && menu.x + menu.width <= narrow.width, 'and leaves room for the rest')
})

test('a session that ended elsewhere leads to signing in and back', async (t) => {
  const { page, context, email, expectComplaint } = await signUp(t)
  await page.goto('/settings/organization?x=1')
  await page.getByRole('heading', { name: 'Organization', level: 1 }).waitFor()
  await context.clearCookies()
  await page.getByRole('button', { name: /^Account of / }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByText('Your session has ended').waitFor()
  expectComplaint(/401/)
  await signIn(page, { ...account, email })
  await page.waitForURL(/\/settings\/organization/)
})

test('an invitation makes an account in the organization, or takes in the one that is signed in, once it is the invited one', async (t) => {
  const owner = await signUp(t)
  const zoe = await signUp(t)
  const invite = async (email: string) => {
    const api = `${url}/api/dashboard/v1`
    const { organization } = await (await owner.context.request.get(`${api}/session`)).json()
    const answer = await owner.context.request.post(`${api}/organizations/${organization.id}/invitations`, {
      data: { email, role: 'viewer' },
    })
    return (await answer.json()).link as string
  }
  const { page, expectComplaint } = await openPage(t, browser, { viewport: narrow, baseURL: url })
  await page.goto(await invite('eve@example.com'))
  await page.getByRole('heading', { name: 'Join Acme' }).waitFor()
  expectComplaint(/401/)
  assert.equal(page.url(), `${url}/invitations`)
  assert.equal(await overflowsSideways(page), false)
  await page.getByLabel('Your name').fill('Eve')
  await page.getByLabel('Password', { exact: true }).fill('another long password')
  await page.getByRole('button', { name: 'Create account and join' }).click()
  await page.getByRole('button', { name: 'Organization: Acme' }).waitFor()

  const organizationOf = async ({ request }: BrowserContext) => {
    const { user, organization } = await (await request.get(`${url}/api/dashboard/v1/session`)).json()
    return { email: user.email, id: organization.id, role: organization.role }
  }
  const { id } = await organizationOf(owner.context)
  // Signed in as somebody else: the link is still known once that session is over and the right one begun.
  await owner.page.goto(await invite(zoe.email))
  await owner.page.getByText(`you are signed in as ${owner.email}`).waitFor()
  await owner.page.getByRole('button', { name: 'Sign out and go on' }).click()
  await owner.page.getByRole('link', { name: 'Sign in to accept' }).click()
  owner.expectComplaint(/401/)
  await owner.page.getByLabel('E-mail address').fill(zoe.email)
  await owner.page.getByLabel('Password', { exact: true }).fill(account.password)
  await owner.page.getByRole('button', { name: 'Sign in' }).click()
  await owner.page.getByRole('button', { name: 'Accept the invitation' }).click()
  await owner.page.getByRole('button', { name: 'Organization: Acme' }).waitFor()
  assert.deepEqual(await organizationOf(owner.context), { email: zoe.email, id, role: 'viewer' })
})
