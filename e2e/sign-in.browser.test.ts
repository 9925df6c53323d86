import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accessibilityFindings, narrow, openBrowser, openPage, overflowsSideways, wide } from './testing/browser.ts'
import { account, setUp, signIn, signOut, startDashboard } from './testing/dashboard.ts'

for (const viewport of [wide, narrow]) {
  test(`at ${viewport.width} px: the set-up link makes an account, which signs out and in and comes back to where it was`, async (t) => {
    const { url, setUpLink } = await startDashboard(t)
    const { page, expectComplaint } = await openPage(t, await openBrowser(t), { viewport, baseURL: url })
    await setUp(page, setUpLink)
    assert.equal(page.url(), `${url}/settings/api-keys`)
    assert.equal(await overflowsSideways(page), false)
    assert.deepEqual(await accessibilityFindings(page), [])
    await signOut(page)
    expectComplaint(/401/)

    await page.goto('/settings/members')
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    expectComplaint(/401/)
    await page.getByLabel('E-mail address').fill(account.email)
    await page.getByLabel('Password', { exact: true }).fill('not the password')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').waitFor()
    expectComplaint(/401/)
    assert.equal(await overflowsSideways(page), false)
    assert.deepEqual(await accessibilityFindings(page), [])
    await signIn(page)
    await page.waitForURL(`${url}/settings/members`)
  })
}

test('the token of a link is not in the address once the page is there, and is still known after going elsewhere and back', async (t) => {
  const { url, setUpLink } = await startDashboard(t)
  const { page } = await openPage(t, await openBrowser(t), { baseURL: url })
  await page.goto(setUpLink)
  await page.getByRole('button', { name: 'Create account' }).waitFor()
  assert.equal(page.url(), `${url}/set-up`)
  assert.doesNotMatch(await page.content(), new RegExp(setUpLink.split('#token=')[1]!))
})
