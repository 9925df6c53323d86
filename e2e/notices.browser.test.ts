import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import { openMailServer } from '../server/testing/mail-server.ts'
import { narrow, openBrowser, openPage, wide } from './testing/browser.ts'
import { account, shareDashboard, signIn } from './testing/dashboard.ts'
import { activeOrganizationId, assertFits, assertFocused, assertFocusedId, callApi } from './testing/looks.ts'

const browser = await openBrowser({ after })
const api = '/api/dashboard/v1'

/** Generates a key in the active organization, or the one that is made for it, by the session of the page. */
async function generate(page: Page, name: string): Promise<{ id: string; secret: string; organizationId: string }> {
  const organizationId = await activeOrganizationId(page)
  const { status, json } = await callApi(page, 'POST', `${api}/keys`, { name, organizationId })
  assert.equal(status, 201)
  return { id: (json.key as { id: string }).id, secret: json.secret as string, organizationId }
}

/** Makes an organization, and the one before the active one again. */
async function addOrganization(page: Page, name: string): Promise<string> {
  const { json } = await callApi(page, 'POST', `${api}/organizations`, { name })
  return (json.organization as { id: string }).id
}

const notices = (page: Page) => page.getByRole('region', { name: 'Notices' })

for (const viewport of [wide, narrow]) {
  test(`at ${viewport.width} px: banners tell of a leak in another organization and of a key from another session, lead there, and are put away by keyboard`, async (t) => {
    const { url, signUp } = await shareDashboard(t, browser)
    const { page, email } = await signUp(t, { viewport })
    await page.goto('/knowledge-base')
    const acme = await activeOrganizationId(page)
    const leaked = await generate(page, 'Leaked')
    const other = await addOrganization(page, 'Second')
    await callApi(page, 'PUT', `${api}/session/organization`, { organizationId: other })
    const elsewhere = await openPage(t, browser, { viewport, baseURL: url })
    await elsewhere.page.goto('/sign-in')
    await signIn(elsewhere.page, { email, password: account.password })
    await callApi(elsewhere.page, 'PUT', `${api}/session/organization`, { organizationId: other })
    await generate(elsewhere.page, 'From elsewhere')
    await callApi(page, 'POST', '/api/public/v1/keys/report-leak', { secret: leaked.secret })

    await page.reload()
    const told = notices(page)
    await told.getByText('Your key Leaked was leaked, and is revoked').waitFor()
    await told.getByText('The key From elsewhere was generated with your account').waitFor()
    assert.equal(await told.getByRole('listitem').count(), 2)
    await assertFits(page)

    // The link goes to the key in its own organization, which then is the active one.
    await told.getByRole('listitem').filter({ hasText: 'Leaked' }).getByRole('link', { name: 'Open the key' }).click()
    await page.getByRole('heading', { name: 'Leaked', level: 1 }).waitFor()
    await page.getByText('You work in Acme now.').waitFor()
    assert.equal(new URL(page.url()).pathname, `/settings/api-keys/${leaked.id}`)
    assert.equal(await activeOrganizationId(page), acme)

    await told.getByRole('button', { name: 'Put this notice of Leaked away' }).focus()
    await page.keyboard.press('Enter')
    await told.getByText('Leaked').waitFor({ state: 'detached' })
    await assertFocused(page, 'Put this notice of From elsewhere away')
    // At one size, the session says that there are none before the list does.
    let goOn = () => {}
    const held = new Promise<void>((resolve) => {
      goOn = resolve
    })
    if (viewport === narrow) await page.route('**/api/dashboard/v1/notices', (route) => held.then(() => route.continue()))
    const done = page.waitForResponse((response) => response.request().method() === 'DELETE')
    await page.keyboard.press('Enter')
    await done
    if (viewport === narrow) await page.evaluate("__TSR_ROUTER__.options.context.queryClient.refetchQueries({ queryKey: ['session'] })")
    await told.waitFor({ state: 'detached' })
    await assertFocusedId(page, 'content')
    goOn()
    await page.reload()
    await page.getByRole('heading', { name: 'Leaked', level: 1 }).waitFor()
    assert.equal(await told.count(), 0)
  })

  test(`at ${viewport.width} px: a forgotten password is set by a mailed link, and the link of a mail opens the right organization after signing in`, async (t) => {
    const mailServer = await openMailServer(t)
    const { url, signUp } = await shareDashboard(t, browser, { LEAFPAD_SMTP_URL: mailServer.url })
    const { page, email } = await signUp(t, { viewport })
    await page.goto('/knowledge-base')
    const { id } = await generate(page, 'CI')
    await mailServer.until(1)
    assert.equal(await notices(page).count(), 0)
    await addOrganization(page, 'Second')

    const stranger = await openPage(t, browser, { viewport, baseURL: url })
    await stranger.page.goto('/sign-in')
    await stranger.page.getByRole('link', { name: 'Forgot your password?' }).click()
    await stranger.page.getByRole('button', { name: 'Send the link' }).waitFor()
    await stranger.page.getByLabel('E-mail address').fill(email)
    await stranger.page.getByRole('button', { name: 'Send the link' }).click()
    await stranger.page.getByRole('heading', { name: 'Look into your mailbox' }).waitFor()
    await assertFits(stranger.page)
    await mailServer.until(2)
    assert.equal(mailServer.mails[1]!.to, email)
    const [link] = /http:\S+\/reset-password#token=\S+/.exec(mailServer.mails[1]!.text)!
    await stranger.page.goto(link!)
    await stranger.page.getByLabel('New password').fill('a new long password')
    await stranger.page.getByRole('button', { name: 'Set password' }).click()
    await stranger.page.getByText('Every session of your account was ended').waitFor()

    // Not signed in, and about another organization than the one that is active after signing in.
    const [toKey] = /http:\S+\/settings\/api-keys\/\S+/.exec(mailServer.mails[0]!.text)!
    await stranger.page.goto(toKey!)
    await stranger.page.getByRole('heading', { name: 'Sign in' }).waitFor()
    stranger.expectComplaint(/401/)
    await signIn(stranger.page, { email, password: 'a new long password' })
    await stranger.page.getByRole('heading', { name: 'CI', level: 1 }).waitFor()
    assert.equal(new URL(stranger.page.url()).pathname, `/settings/api-keys/${id}`)

    // A link to keys that expire says which they are.
    await stranger.page.goto(toKey!.replace(id, '?expires=within-14-days').replace('/?', '?'))
    await stranger.page.getByText('There is no live key that expires within 14 days').waitFor()
    assert.equal(new URL(stranger.page.url()).search, '?expires=within-14-days')

    // Who is not in it is told so.
    const other = await signUp(t, { viewport })
    await other.page.goto(toKey!)
    await other.page.getByRole('heading', { name: 'This account is not in the organization' }).waitFor()
    other.expectComplaint(/404/)
    await assertFits(other.page)

    // An invitation is mailed, which the dialog says.
    await stranger.page.goto('/settings/members')
    await stranger.page.getByRole('button', { name: 'Invite a member' }).click()
    await stranger.page.getByLabel('E-mail address').fill('grace@example.com')
    await stranger.page.getByRole('button', { name: 'Make the link' }).click()
    await stranger.page.getByText('A mail with this link is on its way to grace@example.com').waitFor()
    await mailServer.until(3)
    const shown = await stranger.page.getByLabel('Link').inputValue()
    assert.ok(mailServer.mails[2]!.text.includes(`${shown}\n`))
  })
}
