import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import type { Page, Route } from 'playwright-core'
import { openAcme } from './states/acme.ts'
import { narrow, openBrowser, openPage, wide } from './testing/browser.ts'
import { temporaryFolder } from './testing/program.ts'

const path = '/settings/api-keys'
const run = promisify(execFile)
const browser = await openBrowser({ after })
const acme = await openAcme({ after }, { maxLiveKeysPerMember: 1_000 })
const { world } = acme

async function openAs(t: Parameters<typeof openPage>[0], userId: string, viewport = wide) {
  const opened = await openPage(t, browser, { viewport, baseURL: world.url })
  await opened.context.addCookies([await world.signIn(userId)])
  return opened
}

const rowOf = (page: Page, key: string) => page.getByRole('row', { name: new RegExp(key) })

test('who has no key is told what one is for and does, with the command it will run; a help panel tells the rest', async (t) => {
  const { page } = await openAs(t, acme.founder.userId)
  await page.goto(path)
  const empty = page.locator('main', { has: page.getByText('No keys yet') })
  await empty.getByText('It acts as you in Rechenwerk: in this organization alone').waitFor()
  const command = await page.locator('pre').textContent()
  assert.ok(command!.includes(`"${world.url}/api/public/v1/knowledge-base"`) && command!.includes('x-api-key: YOUR_KEY'), command!)
  await page.getByRole('button', { name: 'Generate your first key' }).waitFor()
  const told = await page.getByRole('heading', { name: 'About API keys' }).locator('xpath=ancestor::section').textContent()
  // Scoping, expiry, limits, good practice.
  for (const what of [/in one organization/, /Past its expiry/, /requests a day/, /Keep secrets in a secret store/])
    assert.match(told!, what)
})

test('a row tells when and from where a key was used, what of its day is used and when that begins anew', async (t) => {
  const { page } = await openAs(t, acme.owner.userId)
  await page.goto(path)
  await rowOf(page, 'Laptop').getByText('Never used').waitFor()
  const row = rowOf(page, 'Nightly import')
  const meter = row.getByRole('meter', { name: 'Requests today with Nightly import' })
  const values = ['aria-valuenow', 'aria-valuemax', 'aria-valuetext'].map((name) => meter.getAttribute(name))
  assert.deepEqual(await Promise.all(values), ['312', '2000', '312 / 2,000'])
  // Midnight in UTC, as a clock in Berlin has it.
  await row.getByText(/^Resets .*0[12]:00.* \(00:00 UTC\)$/).waitFor()

  const used = row.getByRole('button', { name: /ago|just now/ })
  const exact = page.locator('[aria-hidden]', { hasText: /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\s*from 203\.0\.113\.7/ })
  await used.hover()
  await exact.first().waitFor()
  await page.mouse.move(0, 0)
  await exact.first().waitFor({ state: 'detached' })
  await used.focus()
  await exact.first().waitFor()

  for (const [width, display] of [
    [641, 'table-row'],
    [640, 'grid'],
  ] as const) {
    await page.setViewportSize({ width, height: 800 })
    const shown = await row.evaluate((element) =>
      (globalThis as unknown as { getComputedStyle(of: unknown): { display: string } }).getComputedStyle(element),
    )
    assert.equal(shown.display, display, `${width} px`)
  }
})

for (const viewport of [wide, narrow]) {
  test(`at ${viewport.width} px: keys that never expire, expire soon or are not used are found by the address and by the keyboard`, async (t) => {
    const dayMs = 86_400_000
    const now = Date.now()
    const organizationId = await world.addOrganization('Filters')
    const [ada, lin] = [await world.addUser('Ada'), await world.addUser('Lin')]
    const memberId = await world.addMember(organizationId, ada.userId, 'admin')
    const of = { organizationId, memberId, userId: ada.userId }
    const ofLin = { organizationId, memberId: await world.addMember(organizationId, lin.userId, 'member'), userId: lin.userId }
    const old = now - 40 * dayMs
    await world.addKey({ ...of, name: 'Old in use', createdAt: old, used: 3 })
    await world.addKey({ ...of, name: 'Soon', createdAt: now, expiresAt: now + 13 * dayMs })
    await world.addKey({ ...of, name: 'Later', createdAt: now, expiresAt: now + 15 * dayMs })
    await world.addKey({ ...of, name: 'Idle', createdAt: old, expiresAt: now + 100 * dayMs })
    await world.addKey({ ...ofLin, name: 'Forgotten', createdAt: old })
    await world.addKey({ ...ofLin, name: 'Over', createdAt: old, revokedAt: now })

    const { page } = await openAs(t, ada.userId, viewport)
    const shows = async (names: readonly string[]) => {
      await page.getByText(`${names.length} ${names.length === 1 ? 'key' : 'keys'}.`, { exact: true }).waitFor()
      assert.deepEqual(
        (await page.getByRole('link', { name: /^(Old in use|Soon|Later|Idle|Forgotten|Over)$/ }).allTextContents()).sort(),
        names,
      )
    }
    const chosen = (label: string) => page.getByLabel(label).locator('option:checked').textContent()
    await page.goto(`${path}?expires=within-14-days`)
    await shows(['Soon'])
    assert.deepEqual([await chosen('Expires'), await chosen('Status')], ['Within 14 days', 'Live'])
    await page.getByLabel('Expires').selectOption('Never')
    await shows(['Forgotten', 'Old in use'])
    await page.waitForURL(/\?expires=never$/)
    await page.getByLabel('Last used').focus()
    await page.keyboard.press('ArrowDown')
    await shows(['Forgotten'])
    await page.reload()
    await shows(['Forgotten'])
    assert.deepEqual([await chosen('Expires'), await chosen('Last used')], ['Never', 'Not for 30 days'])

    await page.getByLabel('Owner').selectOption(memberId)
    const none = 'There is no live key of Ada that never expires and that was unused for 30 days.'
    await page.locator('p', { hasText: none }).waitFor()
    await page.getByRole('button', { name: 'Show all keys' }).press('Enter')
    await shows(['Forgotten', 'Idle', 'Later', 'Old in use', 'Over', 'Soon'])
    await page.waitForURL(`${world.url}${path}`)
    assert.equal(
      await page
        .locator(':focus')
        .evaluate((element) => (element as unknown as { labels: { textContent: string }[] }).labels[0]!.textContent),
      'Status',
    )

    await page.goto(`${path}?used=not-for-30-days`)
    await shows(['Forgotten', 'Idle'])
    await page.getByLabel('Status').selectOption('Revoked')
    await shows(['Over'])
    await page.getByRole('button', { name: 'Show all', exact: true }).press('Enter')
    await shows(['Forgotten', 'Idle', 'Later', 'Old in use', 'Over', 'Soon'])
  })
}

test('a key can be made for some days, to a day of one’s own, or without an end, which is warned of', async (t) => {
  const { page } = await openAs(t, acme.owner.userId)
  await page.goto(path)
  await page.getByRole('button', { name: 'Generate key' }).click()
  const expiry = page.getByRole('combobox', { name: 'Expires after' })
  assert.equal(await expiry.textContent(), '30 days')
  await expiry.click()
  const choices = ['7 days', '30 days', '60 days', '90 days', '365 days', 'On a date …', 'No expiry']
  assert.deepEqual(await page.getByRole('option').allTextContents(), choices)
  await page.getByRole('option', { name: 'No expiry' }).click()
  await page.getByText('This key never stops by itself').waitFor()
  await page.getByLabel('Name').fill('Endless')
  await page.getByRole('dialog').getByRole('button', { name: 'Generate key' }).click()
  await page.getByText('It never expires.').waitFor()
  const { expiresAt } = await world.database.kysely
    .selectFrom('key')
    .select('expiresAt')
    .where('name', '=', 'Endless')
    .executeTakeFirstOrThrow()
  assert.equal(expiresAt, null)
})

for (const [who, person, status] of [
  ['an owner', acme.owner, '201'],
  ['a viewer', acme.viewer, '200'],
] as const) {
  test(`what is shown with a secret works as it is, for ${who}`, async (t) => {
    const { page } = await openAs(t, person.userId)
    await page.goto(path)
    await page.getByRole('button', { name: /^Generate/ }).click()
    await page.getByLabel('Name').fill('Snippets')
    await page.getByRole('dialog').getByRole('button', { name: 'Generate key' }).click()
    const secret = await page.getByLabel('Secret', { exact: true }).inputValue()
    const shown = (label: string) => page.getByLabel(label, { exact: true }).inputValue()
    const folder = temporaryFolder(t)

    const withStatus = (command: string) => `${command} --silent --show-error --output /dev/null --write-out '%{http_code}'`
    assert.equal((await run('sh', ['-c', withStatus(await shown('In a terminal'))])).stdout, status)

    await page.getByRole('tab', { name: 'Node.js' }).click()
    writeFileSync(join(folder, 'program.mjs'), await shown('The program'))
    const { stdout } = await run('sh', ['-c', `${await shown('The environment')}\nexec "${process.execPath}" program.mjs`], { cwd: folder })
    assert.match(stdout, new RegExp(`^${status} \\{`))

    await page.getByRole('tab', { name: 'GitHub Actions' }).click()
    assert.equal(await shown("The repository's secret, once"), `gh secret set LEAFPAD_API_KEY --body ${secret}`)
    const step = await shown('A step of the workflow')
    assert.match(step, /^ {4}LEAFPAD_API_KEY: \$\{\{ secrets\.LEAFPAD_API_KEY \}\}$/m)
    assert.ok(!step.includes(secret))
    const [, command] = /^ {2}run: \|\n((?: {4}.*\n?)+)$/m.exec(step)!
    const env = { ...process.env, LEAFPAD_API_KEY: secret }
    assert.equal((await run('sh', ['-c', withStatus(command!.trimEnd())], { env })).stdout, status)
  })
}

test('whoever revokes a key is asked why, and the list shows it', async (t) => {
  const { page, allowComplaint } = await openAs(t, acme.owner.userId)
  const ofOwner = { organizationId: acme.organizationId, memberId: acme.memberId, userId: acme.owner.userId }
  await world.addKey({ ...ofOwner, name: 'Spare' })
  await page.goto(path)
  const revoke = async (name: string) => {
    await page.getByRole('button', { name: `Actions for ${name}` }).click()
    await page.getByRole('menuitem', { name: /Revoke/ }).click()
  }
  const reason = page.getByLabel('Reason')
  const done = async () => {
    await page.getByRole('button', { name: 'Revoke key' }).click()
    await page.getByText('No request with this key is accepted').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click()
  }
  const chosen = () => reason.locator('option:checked').textContent()

  await revoke('Spare')
  assert.equal(await chosen(), 'Not needed any more')
  const own = ['Not needed any more', 'Exposed', 'Replaced', 'Who used it left', 'Something else …']
  assert.deepEqual(await reason.locator('option').allTextContents(), own)
  await reason.selectOption('Exposed')
  await done()
  await rowOf(page, 'Spare').getByText('Exposed', { exact: true }).waitFor()

  await revoke('Laptop')
  assert.equal(await chosen(), 'By an admin')
  await reason.selectOption('Something else …')
  // Without words it says what is missing, and loses nothing.
  await page.getByRole('button', { name: 'Revoke key' }).click()
  await page.getByText('"note" must').waitFor()
  allowComplaint(/400/)
  await page.getByLabel('In your own words').fill('It was stolen')
  await done()
  await rowOf(page, 'Laptop').getByText('It was stolen', { exact: true }).waitFor()
})

test('what ends something shows as done only what the server acknowledged, and what it refused as it was', async (t) => {
  const { page, allowComplaint } = await openAs(t, acme.owner.userId)
  allowComplaint(/503/)
  /** Answers 503 to what `act` sends, but only once `whileAsked` has looked at the page. */
  async function refuseLate(method: string, act: () => Promise<unknown>, whileAsked: () => Promise<unknown>) {
    let asked!: (route: Route) => void
    const route = new Promise<Route>((resolve) => (asked = resolve))
    const url = '**/api/dashboard/v1/**'
    await page.route(url, (one) => (one.request().method() === method ? asked(one) : one.fallback()))
    await act()
    const held = await route
    await whileAsked()
    const problem = { code: 'database_unavailable', detail: 'The database cannot be reached. Try again in a moment.' }
    await held.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify(problem) })
    await page.getByRole('alert').getByText('The database cannot be reached').waitFor()
    await page.unroute(url)
    await page.keyboard.press('Escape')
    await page.locator('[role=dialog], [role=alertdialog]').waitFor({ state: 'detached' })
  }
  /** Rows behind a dialog have no role. */
  const cells = (row: string) => page.locator('tr', { hasText: row })

  await page.goto(path)
  await rowOf(page, 'Website search').waitFor()
  const openAction = async (name: RegExp) => {
    await page.getByRole('button', { name: 'Actions for Website search' }).click()
    await page.getByRole('menuitem', { name }).click()
  }
  await openAction(/Revoke/)
  await refuseLate(
    'POST',
    () => page.getByRole('button', { name: 'Revoke key' }).click(),
    async () => {
      assert.match((await cells('Website search').textContent())!, /Active/)
      assert.equal(await page.getByText('is revoked').count(), 0)
    },
  )
  await rowOf(page, 'Website search').getByText('Active', { exact: true }).waitFor()

  await openAction(/Shorten/)
  await refuseLate(
    'PATCH',
    () => page.getByRole('button', { name: 'Set expiry' }).click(),
    async () => assert.equal(await page.getByText('The server has set it').count(), 0),
  )
  assert.ok(!(await cells('Website search').textContent())!.includes('Expires in'))

  await page.goto('/settings/members')
  await page.getByRole('button', { name: 'Change role of Grace Hopper' }).click()
  await page.getByRole('combobox', { name: 'Role' }).click()
  await page.getByRole('option', { name: /^Viewer/ }).click()
  const staysAdmin = async () => assert.match((await cells('Grace Hopper').textContent())!, /Admin/)
  await refuseLate('PATCH', () => page.getByRole('dialog').getByRole('button', { name: 'Change role' }).click(), staysAdmin)
  await staysAdmin()

  await page.getByRole('button', { name: 'Remove Grace Hopper' }).click()
  await refuseLate('DELETE', () => page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click(), staysAdmin)
  await rowOf(page, 'Grace Hopper').waitFor()
})
