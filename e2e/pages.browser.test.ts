import assert from 'node:assert/strict'
import { get } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { after, test } from 'node:test'
import { openBrowser } from './testing/browser.ts'
import { shareDashboard, signIn } from './testing/dashboard.ts'
import { assertFocused } from './testing/looks.ts'
import { environment, startProgram } from './testing/program.ts'

const browser = await openBrowser({ after })
const { settings, signUp } = await shareDashboard({ after }, browser)

const maxScriptBytes = 200_000
const maxDialogBytes = 30_000

test('a link that sets a new password does it once, and what it was is of no use any more', async (t) => {
  const { page, email, expectComplaint } = await signUp(t)
  const command = startProgram(t, [process.execPath, 'server/launch.ts', 'user', 'reset-password', email], {
    env: environment(settings),
  })
  const [link] = await command.said(/http\S+\/reset-password#token=\S+/)
  await page.goto(link)
  await page.getByLabel('New password', { exact: true }).fill('quite another password')
  await page.getByRole('button', { name: 'Set password' }).click()
  await page.getByRole('heading', { name: 'Your password is set' }).waitFor()
  await page.getByRole('link', { name: 'Sign in' }).click()
  await signIn(page, { email, password: 'quite another password' })

  await page.goto(link)
  await page.getByLabel('New password', { exact: true }).fill('yet another password')
  await page.getByRole('button', { name: 'Set password' }).click()
  await page
    .getByRole('alert')
    .getByText(/not valid any more/)
    .waitFor()
  expectComplaint(/403/)
})

test(`the page of the keys takes at most ${maxScriptBytes / 1000} kB of scripts, compressed with gzip, and its dialogs not much more`, async (t) => {
  const { page, context } = await signUp(t)
  const { organization } = await (await context.request.get('/api/dashboard/v1/session')).json()
  const made = await context.request.post('/api/dashboard/v1/keys', { data: { name: 'CI', organizationId: organization.id } })
  assert.equal(made.status(), 201)
  const scripts = new Set<string>()
  page.on('request', (request) => {
    if (request.resourceType() === 'script') scripts.add(request.url())
  })
  await page.goto('/settings/api-keys')
  await page.getByRole('row', { name: /CI/ }).waitFor()
  await page.waitForLoadState('networkidle')
  const ofPage = [...scripts]
  assert.ok(ofPage.length > 1)
  await page.getByRole('button', { name: 'Actions for CI' }).click()
  await page.getByRole('menuitem', { name: 'Rename …' }).click()
  await page.getByRole('dialog', { name: 'Rename key' }).waitFor()
  await page.waitForLoadState('networkidle')
  const ofDialogs = [...scripts].slice(ofPage.length)
  assert.ok(ofDialogs.length > 0)
  for (const [what, urls, most] of [
    ['the page', ofPage, maxScriptBytes],
    ['its dialogs, once one is opened', ofDialogs, maxDialogBytes],
  ] as const) {
    const sizes = await Promise.all(urls.map(gzipSize))
    const bytes = sizes.reduce((sum, size) => sum + size, 0)
    t.diagnostic(`${what}: ${bytes} bytes in ${sizes.length} scripts`)
    assert.ok(bytes <= most, `${what}: ${bytes} bytes`)
  }
})

test('a part of a page that is not to be had leaves the rest as it is, says so where it was pressed for with the focus, and comes when the page is loaded again', async (t) => {
  const { page, context, allowComplaint } = await signUp(t)
  const { organization } = await (await context.request.get('/api/dashboard/v1/session')).json()
  const { key, secret } = await (
    await context.request.post('/api/dashboard/v1/keys', { data: { name: 'CI', organizationId: organization.id } })
  ).json()
  // As when a newer version took the files of the one that is open.
  const parts = /\/assets\/(key-dialogs|notices)-/
  await page.route(parts, (route) => route.fulfill({ status: 404 }))
  allowComplaint(/404|Failed to fetch|PartError|a part of the page/)
  await page.goto('/settings/api-keys')
  await page.getByRole('row', { name: /CI/ }).waitFor()
  await page.getByRole('button', { name: 'Generate key' }).click()
  const said = page.getByRole('alert').filter({ hasText: 'A part of this page could not be loaded' })
  await said.waitFor()
  await assertFocused(page, (await said.textContent()) ?? '')
  assert.ok(await page.getByRole('row', { name: /CI/ }).isVisible())
  await context.request.post('/api/public/v1/keys/report-leak', { data: { secret } })

  await page.goto(`/settings/api-keys/${key.id}`)
  await page.getByRole('heading', { name: 'CI', level: 1 }).waitFor()
  await said.waitFor()
  // Nobody has pressed for it.
  assert.ok(await page.evaluate('document.activeElement === document.body'))
  await page.unroute(parts)
  await said.getByRole('button', { name: 'Load the page again' }).click()
  await page.getByRole('region', { name: 'Notices' }).getByText('Your key CI was leaked, and is revoked').waitFor()
  assert.equal(await said.count(), 0)
})

/** What an answer takes on the wire for who takes gzip alone. */
function gzipSize(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { 'accept-encoding': 'gzip' } }, (response) => {
      assert.equal(response.headers['content-encoding'], 'gzip')
      buffer(response).then(({ length }) => resolve(length), reject)
    }).on('error', reject)
  })
}
