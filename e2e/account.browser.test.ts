import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { narrow, openBrowser, openPage, wide } from './testing/browser.ts'
import { account, shareDashboard, signIn } from './testing/dashboard.ts'
import { activeOrganizationId, assertFits, assertFocusedId, callApi } from './testing/looks.ts'

const browser = await openBrowser({ after })
const { url, signUp } = await shareDashboard({ after }, browser)

for (const viewport of [wide, narrow]) {
  test(`at ${viewport.width} px: a name and a password are changed, other sessions end, and the account is deleted`, async (t) => {
    const { page, email, expectComplaint } = await signUp(t, { viewport })
    await page.goto('/account')
    await page.getByText('This session').waitFor()
    await assertFits(page)
    await page.getByLabel('Name', { exact: true }).fill('Ada King')
    await page.getByRole('button', { name: 'Save name' }).click()
    await page.getByRole('button', { name: 'Account of Ada King' }).waitFor()

    // A session elsewhere is listed, and is led to where one signs in once it was ended.
    const other = await openPage(t, browser, { viewport, baseURL: url })
    const signInElsewhere = async (password: string) => {
      await other.page.goto('/settings/members')
      await other.page.getByRole('heading', { name: 'Sign in' }).waitFor()
      await signIn(other.page, { email, password })
      await other.page.getByRole('heading', { name: 'Members', level: 1 }).waitFor()
    }
    const assertLedToSignIn = async () => {
      await other.page.getByRole('button', { name: 'Invite a member' }).click()
      await other.page.getByLabel('E-mail address').fill('x@example.com')
      await other.page.getByRole('button', { name: 'Make the link' }).click()
      await other.page.getByText('Your session has ended').waitFor()
    }
    await signInElsewhere(account.password)
    other.expectComplaint(/401/)
    await page.reload()
    await page.getByRole('button', { name: /^End the session in Chrome on Linux/ }).click()
    await assertFits(page)
    const ending = page.getByRole('alertdialog', { name: 'End this session?' })
    await ending.getByRole('button', { name: 'End session' }).click()
    await ending.waitFor({ state: 'detached' })
    await assertFocusedId(page, 'sessions')
    assert.equal(await page.getByRole('button', { name: /^End/ }).count(), 0)
    await assertLedToSignIn()

    await signInElsewhere(account.password)
    await page.reload()
    await page.getByRole('button', { name: 'End all other sessions' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'End all others' }).click()
    await page.getByRole('button', { name: 'End all other sessions' }).waitFor({ state: 'detached' })
    await assertLedToSignIn()

    await signInElsewhere(account.password)
    await page.getByLabel('Current password').fill('not the password')
    await page.getByLabel('New password').fill('a new long password')
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByRole('alert').waitFor()
    expectComplaint(/403/)
    await assertFits(page)
    await page.getByLabel('Current password').fill(account.password)
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByText('The password is changed, and all your other sessions have ended.').waitFor()
    assert.equal(await page.getByLabel('New password').inputValue(), '')
    await assertLedToSignIn()

    // The last owner of an organization cannot go, and is told which it is.
    await page.getByRole('button', { name: 'Delete account' }).click()
    const deleting = page.getByRole('dialog', { name: 'Delete your account?' })
    await deleting.getByLabel('Password', { exact: true }).fill('a new long password')
    await deleting.getByRole('button', { name: 'Delete account' }).click()
    await deleting.getByText('This is the last owner of the organization.').waitFor()
    await deleting.getByText('The organization is Acme').waitFor()
    expectComplaint(/409/)
    await assertFits(page)
    const organizationPath = `/api/dashboard/v1/organizations/${await activeOrganizationId(page)}`
    assert.equal((await callApi(page, 'DELETE', organizationPath)).status, 204)
    await deleting.getByRole('button', { name: 'Delete account' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await page.getByText('Your account is deleted.').waitFor()
    await page.getByLabel('E-mail address').fill(email)
    await page.getByLabel('Password', { exact: true }).fill('a new long password')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').waitFor()
    expectComplaint(/401/)
  })
}
