import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { freePort } from '../server/testing/postgres.ts'
import { openBrowser, openPage } from './testing/browser.ts'
import { setUp, signIn, signOut, startDashboard } from './testing/dashboard.ts'

/** Not a name of this machine, for which browsers make an exception. */
const host = 'leafpad.example'

test('over plain HTTP, where a page is no secure context, one signs in, copies a key, and lists, adds and downloads documents', async (t) => {
  const port = await freePort()
  const origin = `http://${host}:${port}`
  const { setUpLink } = await startDashboard(t, { LEAFPAD_PORT: String(port), LEAFPAD_PUBLIC_URL: origin })
  assert.ok(setUpLink.startsWith(`${origin}/`))
  const browser = await openBrowser(t, [`--host-resolver-rules=MAP ${host} 127.0.0.1`])
  const { page, allowComplaint } = await openPage(t, browser, { baseURL: origin })
  // It is for https alone, which costs a line in the console.
  allowComplaint(/Cross-Origin-Opener-Policy header has been ignored/)
  const sent: Record<string, string>[] = []
  page.on('request', (request) => void request.allHeaders().then((headers) => sent.push(headers)))
  await setUp(page, setUpLink)
  assert.equal(await page.evaluate('isSecureContext'), false)
  await signOut(page)
  await signIn(page)

  await page.goto('/settings/api-keys')
  await page.getByRole('button', { name: 'Generate your first key' }).click()
  await page.getByLabel('Name').fill('Copied')
  await page.getByRole('button', { name: 'Generate key' }).click()
  const secret = page.getByLabel('Secret', { exact: true })
  const shown = await secret.inputValue()
  await page.getByRole('button', { name: 'Copy' }).first().click()
  await page.getByText('Copied.', { exact: true }).first().waitFor()
  await page.getByLabel('I have stored it').check()
  await page.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })

  await page.goto('/knowledge-base')
  await page.getByText('No documents yet').waitFor()
  await page
    .getByLabel('Files to upload')
    .setInputFiles({ name: 'handbook.md', mimeType: 'text/markdown', buffer: Buffer.from('# Handbook\n') })
  const table = page.getByRole('table', { name: /^Documents/ })
  await table.getByText('handbook.md').waitFor()
  // What was copied is the secret: it is pasted as a text and comes back with it.
  await page.getByRole('button', { name: 'Add text' }).click()
  await page.getByRole('textbox', { name: 'Text' }).press('Control+V')
  assert.equal(await page.getByRole('textbox', { name: 'Text' }).inputValue(), shown)
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.reload()
  await table.getByText('handbook.md').waitFor()

  const downloading = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Download handbook.md' }).click()
  assert.equal(readFileSync(await (await downloading).path(), 'utf8'), '# Handbook\n')
  // Were it otherwise, this would have shown nothing.
  assert.ok(sent.length > 0 && sent.every((headers) => headers['sec-fetch-site'] === undefined))

  // A page of another origin on the same host, whose requests carry the cookie, gets nothing by them.
  const other = await browser.newContext()
  await other.addCookies((await page.context().cookies()).map((cookie) => ({ ...cookie })))
  const elsewhere = await other.newPage()
  await elsewhere.route(`http://${host}:1/`, (route) => route.fulfill({ contentType: 'text/html', body: '<p>Another</p>' }))
  await elsewhere.goto(`http://${host}:1/`)
  const answered = elsewhere.waitForResponse(`${origin}/api/public/v1/knowledge-base`)
  await elsewhere.evaluate(`location.href = '${origin}/api/public/v1/knowledge-base'`)
  const answer = await answered
  assert.equal(answer.status(), 403)
  assert.match((await answer.request().allHeaders()).cookie ?? '', /session_token/)
  await other.close()
})
