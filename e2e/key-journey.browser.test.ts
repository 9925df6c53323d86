import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'
import { createSetUpToken } from '../server/organizations/create-set-up-token.ts'
import { narrow, openBrowser, openPage, overflowsSideways, wide } from './testing/browser.ts'
import { account, setUp, shareDashboard, startDashboard } from './testing/dashboard.ts'
import { focusOn, tabTo } from './testing/keyboard.ts'
import { openWorld } from './testing/world.ts'

const browser = await openBrowser({ after })
const { url, signUp } = await shareDashboard({ after }, browser)

const secretPattern = /^leafpad_[0-9A-Za-z]{49}$/

for (const viewport of [wide, narrow]) {
  test(`at ${viewport.width} px: from the set-up link to a key whose curl is let in, and is refused once the key is revoked`, async (t) => {
    const { url, setUpLink } = await startDashboard(t)
    const { page } = await openPage(t, browser, { viewport, motion: true, baseURL: url })
    await setUp(page, setUpLink)
    await page.getByRole('button', { name: 'Generate your first key' }).click()
    await page.getByLabel('Name').fill('Nightly import')
    await page.getByRole('dialog').getByText(account.organization, { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Generate key' }).click()
    const secret = await page.getByLabel('Secret', { exact: true }).inputValue()
    assert.match(secret, secretPattern)
    assert.equal(await overflowsSideways(page), false)

    const curl = await page.getByLabel('In a terminal').inputValue()
    assert.equal(await statusOf(curl), '201')
    await page.getByRole('button', { name: 'Send test request' }).click()
    await page.getByText('200 · Acme · 1,998 left').waitFor()
    await page.getByLabel('I have stored it').check()
    await page.getByRole('button', { name: 'Done' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })

    const row = page.getByRole('row', { name: /Nightly import/ })
    await row.getByText(`leafpad_…${secret.slice(-4)}`).waitFor()
    await row.getByText('2 / 2,000').waitFor()
    await page.getByRole('button', { name: 'Actions for Nightly import' }).click()
    await page.getByRole('menuitem', { name: 'Revoke …' }).click()
    const question = page.getByRole('alertdialog', { name: 'Revoke “Nightly import”?' })
    await question.getByText('2 requests today: these start to fail now.').waitFor()
    await question.getByText(/from 127\.0\.0\.1/).waitFor()
    await question.getByRole('button', { name: 'Revoke key' }).click()
    await page.getByText('No request with this key is accepted from this moment on').waitFor()
    assert.equal(await statusOf(curl), '401')
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click()
    await row.getByText('Revoked').waitFor()
    assert.equal(await overflowsSideways(page), false)
  })

  test(`at ${viewport.width} px: a key is of the organization its dialog names, and none is made when another tab has switched`, async (t) => {
    const { page, context, expectComplaint } = await signUp(t, { viewport })
    await page.goto('/organizations/new')
    await page.getByLabel('Name').fill('Difference Works')
    await page.getByRole('button', { name: 'Create organization' }).click()
    await page.getByRole('heading', { name: 'Knowledge base', level: 1 }).waitFor()
    await page.goto('/settings/api-keys')
    const secret = await generate(page, 'Generate your first key', 'Second')
    assert.equal((await whose(url, secret)).organization.name, 'Difference Works')

    await page.getByRole('button', { name: 'Generate key' }).click()
    await page.getByLabel('Name').fill('Third')
    const other = await context.newPage()
    await other.goto('/settings/api-keys')
    await other.getByRole('button', { name: 'Organization: Difference Works' }).click()
    await other.getByRole('menuitemradio', { name: 'Acme' }).click()
    await other.getByRole('button', { name: 'Organization: Acme' }).waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Generate key' }).click()
    const notice = page.getByRole('alert')
    await notice.getByText('No key was made').waitFor()
    await notice.getByText('another tab has switched to Acme').waitFor()
    expectComplaint(/409/)
    assert.equal(await overflowsSideways(page), false)
    await other.reload()
    await other.getByRole('button', { name: 'Generate your first key' }).waitFor()
    await notice.getByRole('button', { name: 'Back to Difference Works' }).click()
    await notice.waitFor({ state: 'detached' })
    await page.getByRole('dialog').getByRole('button', { name: 'Generate key' }).click()
    assert.equal((await whose(url, await takeSecret(page))).organization.name, 'Difference Works')
  })

  test(`at ${viewport.width} px: by keyboard alone, from the set-up link a key is generated, tried, stored, renamed and revoked, and the focus is where it was`, async (t) => {
    const world = await openWorld(t)
    const { page } = await openPage(t, browser, { viewport, baseURL: world.url })
    await page.goto(`/set-up#token=${await createSetUpToken(world.database)}`)
    for (const [field, text] of [
      ['Organization', account.organization],
      ['Your name', account.name],
      ['E-mail address', account.email],
      ['Password', account.password],
    ] as const) {
      await tabTo(page, field)
      await page.keyboard.type(text)
    }
    await tabTo(page, 'Create account')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Generate your first key' }).waitFor()
    await tabTo(page, 'Generate your first key')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'Generate a key' }).waitFor()
    await tabTo(page, 'Name')
    await page.keyboard.type('Typed')
    await tabTo(page, 'Expires after')
    await page.keyboard.press('Enter')
    await page.getByRole('option', { name: '60 days' }).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('listbox').waitFor({ state: 'detached' })
    await tabTo(page, 'Generate key')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'Store this key now' }).waitFor()
    await tabTo(page, 'Secret')
    assert.match(await page.getByLabel('Secret', { exact: true }).inputValue(), secretPattern)
    await tabTo(page, 'Copy')
    await page.keyboard.press('Enter')
    await page.getByText('Copied.', { exact: true }).waitFor()
    await tabTo(page, 'Download .env')
    const download = page.waitForEvent('download')
    await page.keyboard.press('Enter')
    assert.equal((await download).suggestedFilename(), 'leafpad.env')
    await tabTo(page, 'curl')
    await page.keyboard.press('ArrowRight')
    await focusOn(page, 'Node.js')
    await page.keyboard.press('Enter')
    await page.getByLabel('The program').waitFor()
    await page.keyboard.press('ArrowLeft')
    await focusOn(page, 'curl')
    await page.keyboard.press('Enter')
    await tabTo(page, 'In a terminal')
    assert.equal(await statusOf(await page.getByLabel('In a terminal').inputValue()), '201')
    await tabTo(page, 'Send test request')
    await page.keyboard.press('Enter')
    await page.getByText('200 · Acme · 1,998 left').waitFor()

    await page.keyboard.press('Escape')
    await page.getByRole('alertdialog', { name: 'Close without the secret?' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('alertdialog').waitFor({ state: 'detached' })
    await tabTo(page, 'I have stored it where I will find it again.')
    await page.keyboard.press('Space')
    await tabTo(page, 'Done')
    await page.keyboard.press('Enter')
    await focusOn(page, 'Generate key')

    await tabTo(page, 'Actions for Typed')
    await page.keyboard.press('Enter')
    // The menu has the keys once its first item has the focus.
    await focusOn(page, 'Open')
    await page.keyboard.type('Ren')
    await focusOn(page, 'Rename …')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'Rename key' }).waitFor()
    await tabTo(page, 'Name')
    await page.keyboard.press('ControlOrMeta+a')
    await page.keyboard.type('Retyped')
    await page.keyboard.press('Enter')
    await focusOn(page, 'Actions for Retyped')
    await page.keyboard.press('Enter')
    await focusOn(page, 'Open')
    await page.keyboard.press('End')
    await focusOn(page, 'Revoke …')
    await page.keyboard.press('Enter')
    await page.getByRole('alertdialog', { name: 'Revoke “Retyped”?' }).waitFor()
    // What comes first is asked for, and Enter on it does nothing that cannot be undone.
    await page.locator('select:focus').waitFor()
    await page.keyboard.press('ArrowDown')
    await tabTo(page, 'Revoke key')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: '“Retyped” is revoked' }).waitFor()
    await page.keyboard.press('Escape')
    await focusOn(page, 'Actions for Retyped')
    await page
      .getByRole('row', { name: /Retyped/ })
      .getByText('Revoked')
      .waitFor()
  })
}

/** Runs a command as a person does in a terminal; the status it is answered with. */
async function statusOf(command: string): Promise<string> {
  const run = promisify(execFile)('sh', ['-c', `${command} --silent --output /dev/null --write-out '%{http_code}'`])
  const { stdout } = await run.catch((error: { stdout: string }) => error)
  return stdout
}

async function whose(url: string, secret: string): Promise<{ organization: { name: string } }> {
  const answer = await fetch(`${url}/api/public/v1/me`, { headers: { 'x-api-key': secret } })
  return (await answer.json()) as { organization: { name: string } }
}

async function generate(page: Page, button: string, name: string): Promise<string> {
  await page.getByRole('button', { name: button }).click()
  await page.getByLabel('Name').fill(name)
  await page.getByRole('dialog').getByRole('button', { name: 'Generate key' }).click()
  return takeSecret(page)
}

/** Reads the secret that is shown, says that it is stored, and closes. */
async function takeSecret(page: Page): Promise<string> {
  const secret = await page.getByLabel('Secret', { exact: true }).inputValue()
  await page.getByLabel('I have stored it').check()
  await page.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  return secret
}
