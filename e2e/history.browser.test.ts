import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import { narrow, openBrowser, openPage, type PageOptions, wide } from './testing/browser.ts'
import { assertFits } from './testing/looks.ts'
import { openWorld, type World } from './testing/world.ts'

const browser = await openBrowser({ after })
const world = await openWorld({ after }, { trustedProxies: ['127.0.0.1'] })

interface Opened {
  readonly page: Page
  readonly context: BrowserContext
  readonly organizationId: string
  readonly ownerId: string
  readonly allowComplaint: (pattern: RegExp) => void
}

/** A page of the owner of an organization with nothing in it. */
async function open(t: Parameters<typeof openPage>[0], viewport: PageOptions['viewport'] = wide): Promise<Opened> {
  const { userId: ownerId } = await world.addUser('Ada Lovelace')
  const organizationId = await world.addOrganization('Acme')
  await world.addMember(organizationId, ownerId, 'owner')
  const { page, context, allowComplaint } = await openPage(t, browser, { viewport, baseURL: world.url })
  await context.addCookies([await world.signIn(ownerId)])
  return { page, context, organizationId, ownerId, allowComplaint }
}

for (const viewport of [wide, narrow]) {
  test(`at ${viewport.width} px: what was sent with a key is told by chart, table and database alike, and in the last requests`, async (t) => {
    const opened = await open(t, viewport)
    const { page } = opened
    const { id, secret: old } = await generate(opened, 'Nightly import')
    await page.goto(`/settings/api-keys/${id}`)
    await page.getByText('Not used yet.').waitFor()
    assert.ok((await page.locator('pre').textContent())!.includes(`"${world.url}/api/public/v1/knowledge-base"`))
    await page.getByText('None is kept yet.').waitFor()

    const fresh = await rotate(opened, id, 0)
    for (const status of [200, 200, 200, 200, 200]) assert.equal((await me(fresh)).status, status)
    const refused = [await me(old), await me(old)]
    assert.deepEqual(
      refused.map(({ status }) => status),
      [401, 401],
    )
    const requestId = ((await refused[1]!.json()) as { requestId: string }).requestId
    await until(async () => {
      const rows = await world.database.kysely.selectFrom('request').select('id').where('keyId', '=', id).execute()
      return rows.length === 7 && (await inDatabase(world, id)).refused === 2
    })
    await page.reload()
    await page.getByText('5 admitted and 2 refused in the last 30 days.').waitFor()
    await page.getByText('Admitted is exact').waitFor()
    await assertAgree(page, await inDatabase(world, id), 30)
    await assertFits(page)
    await page.getByRole('tab', { name: '48 hours' }).click()
    await page.getByText('5 admitted and 2 refused in the last 48 hours.').waitFor()
    await assertAgree(page, await inDatabase(world, id), 48)
    await page.getByText('The secret had ended: 2').first().waitFor()
    await page.locator('[data-bar]').last().hover()
    await page.getByText(/^2\d{3}-\d\d-\d\d \d\d:00: \d admitted, \d refused$/).waitFor()
    await assertFits(page)

    const requests = page.getByRole('table', { name: 'Last requests' })
    assert.equal(await requests.getByRole('row').count(), 8)
    const row = requests.getByRole('row').nth(1)
    for (const told of ['GET /api/public/v1/me', '401', 'The secret had ended', '198.51.100.7', 'No. 1, ended', requestId]) {
      assert.ok((await row.textContent())!.includes(told), told)
    }
    assert.ok((await requests.getByRole('row').nth(3).textContent())!.includes(`…${fresh.slice(-4)}`))
    await opened.context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await row.getByRole('button', { name: `Copy request id ${requestId}` }).click()
    assert.equal(await page.evaluate('navigator.clipboard.readText()'), requestId)

    const history = page.getByRole('list', { name: 'History' }).getByRole('listitem')
    await history.nth(1).waitFor()
    assert.match(
      (await history.nth(0).textContent())!,
      /^Ada Lovelace rotated the key: secret no\. 2 was made; the one before was to end on /,
    )
    assert.match((await history.nth(1).textContent())!, /^Ada Lovelace generated the key, without an expiry\..*from 127\.0\.0\.1/)
    // What is done on the page is told there without loading it again.
    await page.getByRole('button', { name: 'Rename …' }).click()
    await page.getByLabel('Name', { exact: true }).fill('Weekly import')
    await page.getByRole('dialog').getByRole('button', { name: 'Rename' }).click()
    await history.getByText('renamed the key: from “Nightly import” to “Weekly import”.').waitFor()
  })

  test(`at ${viewport.width} px: the audit log is read, filtered by the address, read on and downloaded`, async (t) => {
    const opened = await open(t, viewport)
    const { page, organizationId, ownerId } = opened
    const eve = await world.addUser('Eve')
    await world.addMember(organizationId, eve.userId, 'admin')
    const { id } = await generate(opened, 'CI')
    for (let day = 1; day <= 30; day++) {
      const at = Date.parse('2026-01-01T12:00:00Z') + day * 86_400_000
      const name = { from: `CI ${day - 1}`, to: `CI ${day}` }
      const userId = day % 2 === 0 ? eve.userId : ownerId
      await world.addEntry({
        organizationId,
        action: 'key.renamed',
        userId,
        targetId: id,
        details: { name },
        at,
        address: null,
        requestId: null,
      })
    }
    const menu = page.getByRole('button', { name: 'Menu', exact: true })
    await page.goto('/settings/organization')
    await page.getByRole('heading', { level: 1 }).waitFor()
    if (await menu.isVisible()) await menu.click()
    await page.getByRole('link', { name: 'Audit log' }).click()
    await page.getByRole('heading', { name: 'Audit log', level: 1 }).waitFor()
    const entries = page.getByRole('list', { name: 'Audit log' }).getByRole('listitem')
    await entries.nth(24).waitFor()
    assert.equal(await entries.count(), 25)
    await page.getByRole('button', { name: 'Show more' }).click()
    await page.getByText('That is all.').waitFor()
    assert.equal(await entries.count(), 31)
    await assertFits(page)

    await page.getByLabel('Action').selectOption('Key renamed')
    await page.waitForURL(/\?action=key\.renamed$/)
    await page.getByLabel('Who did it').selectOption({ value: eve.userId })
    await page.getByLabel('First day (UTC)').fill('2026-01-10')
    await page.getByLabel('Last day (UTC)').fill('2026-01-13')
    await page.waitForURL(/until=2026-01-13/)
    // The address alone brings about the same, its last day among them.
    await page.goto(page.url())
    const told = ['CI 12', 'CI 10'].map((name) => entries.filter({ hasText: `to “${name}”` }))
    for (const one of told) await one.waitFor()
    assert.equal(await entries.count(), 2)
    assert.equal(await page.getByLabel('Last day (UTC)').inputValue(), '2026-01-13')
    await assertFits(page)

    const downloading = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Download as NDJSON' }).click()
    const download = await downloading
    assert.equal(download.suggestedFilename(), `audit-${organizationId}.ndjson`)
    const lines = readFileSync(await download.path(), 'utf8')
      .trimEnd()
      .split('\n')
    assert.deepEqual(
      lines.map((line) => JSON.parse(line).details.name.to),
      ['CI 10', 'CI 12'],
    )

    await page.getByRole('button', { name: 'Show all' }).click()
    await entries.nth(24).waitFor()
    await entries.first().getByRole('link', { name: 'CI' }).click()
    await page.waitForURL(`${world.url}/settings/api-keys/${id}`)
  })
}

test('an export that breaks off is no file, and says so', async (t) => {
  const opened = await open(t)
  const { page } = opened
  opened.allowComplaint(/ERR_FAILED/)
  await page.goto('/settings/audit')
  await page.getByText('Nothing was changed').waitFor()
  let downloads = 0
  page.on('download', () => downloads++)
  await page.route('**/audit/export*', (route) => route.abort())
  await page.getByRole('button', { name: 'Download as NDJSON' }).click()
  await page.getByRole('alert').getByText('LeafPad cannot be reached').waitFor()
  assert.equal(downloads, 0)
})

test('an admin is told whose secret a text is, and a member has no such button and no audit log', async (t) => {
  const opened = await open(t)
  const { page } = opened
  opened.allowComplaint(/404/)
  const { id, secret } = await generate(opened, 'Leaked')
  await rotate(opened, id, 0)
  await page.goto('/settings/api-keys')
  await page.getByRole('button', { name: 'Whose secret is this?' }).click()
  const field = page.getByLabel('Secret', { exact: true })
  await field.fill(`leafpad_${'0'.repeat(49)}`)
  await page.getByRole('button', { name: 'Find the key' }).click()
  await page.getByRole('alert').getByText('This cannot be a secret').waitFor()
  await field.fill(` ${secret} `)
  await page.getByRole('button', { name: 'Find the key' }).click()
  await page.getByRole('dialog', { name: 'It is a secret of “Leaked”' }).getByText('No. 1, which has ended').waitFor()
  await page.getByText('Who has it is not let in any more.').waitFor()
  await page.getByRole('link', { name: 'Open the key' }).click()
  await page.waitForURL(`${world.url}/settings/api-keys/${id}`)
  await page.getByRole('list', { name: 'History' }).getByText('asked whose secret a text is: it is no. 1 of the key.').waitFor()

  const { userId } = await world.addUser('Alan')
  await world.addMember(opened.organizationId, userId, 'member')
  const member = await openPage(t, browser, { baseURL: world.url })
  member.allowComplaint(/404/)
  await member.context.addCookies([await world.signIn(userId)])
  await generate({ ...opened, context: member.context }, 'Own')
  await member.page.goto('/settings/api-keys')
  await member.page.getByRole('row', { name: /Own/ }).waitFor()
  assert.equal(await member.page.getByRole('button', { name: 'Whose secret is this?' }).count(), 0)
  assert.equal(await member.page.getByRole('link', { name: 'Audit log' }).count(), 0)
  await member.page.getByRole('link', { name: 'Own' }).click()
  await member.page.getByText('Not used yet.').waitFor()
  assert.equal(await member.page.getByRole('heading', { name: 'History' }).count(), 0)
  await member.page.goto('/settings/members')
  await member.page.getByRole('row', { name: /Alan/ }).waitFor()
  assert.equal(await member.page.getByRole('button', { name: /^Revoke all keys/ }).count(), 0)
})

for (const viewport of [wide, narrow]) {
  test(`at ${viewport.width} px: all keys of a member are revoked with the reason that is told, and no other key`, async (t) => {
    const opened = await open(t, viewport)
    const { page, organizationId } = opened
    const { userId } = await world.addUser('Alan')
    const memberId = await world.addMember(organizationId, userId, 'member')
    const context = await browser.newContext({ baseURL: world.url })
    t.after(() => context.close())
    await context.addCookies([await world.signIn(userId)])
    const secrets = [await generate({ ...opened, context }, 'One'), await generate({ ...opened, context }, 'Two')].map((key) => key.secret)
    const own = await generate(opened, 'Own')
    await page.goto('/settings/members')
    await page.getByRole('button', { name: 'Revoke all keys of Alan' }).click()
    const dialog = page.getByRole('alertdialog', { name: 'Revoke all keys of Alan?' })
    await dialog.getByText('2 keys of theirs are active now.').waitFor()
    await dialog.getByLabel('Reason').selectOption('Something else …')
    await dialog.getByLabel('In your own words').fill('The laptop was stolen')
    await assertFits(page)
    await dialog.getByRole('button', { name: 'Revoke all keys' }).click()
    await page.getByText('2 keys of Alan are revoked.').first().waitFor()
    await dialog.waitFor({ state: 'detached' })
    const statuses = await Promise.all([...secrets, own.secret].map(async (secret) => (await me(secret)).status))
    assert.deepEqual(statuses, [401, 401, 200])
    const rows = await world.database.kysely.selectFrom('key').select('revokedNote').where('memberId', '=', memberId).execute()
    assert.deepEqual(
      rows.map(({ revokedNote }) => revokedNote),
      ['The laptop was stolen', 'The laptop was stolen'],
    )
  })
}

/** What the database has of the use of a key. */
async function inDatabase({ database: { kysely } }: World, keyId: string): Promise<{ admitted: number; refused: number }> {
  const uses = await Promise.all(
    (['usage', 'tally'] as const).map((table) => kysely.selectFrom(table).select(['day', 'used']).where('keyId', '=', keyId).execute()),
  )
  const byDay = new Map<string, number>()
  for (const { day, used } of uses.flat()) byDay.set(day, Math.max(used, byDay.get(day) ?? 0))
  const refusals = await kysely.selectFrom('refusal').select('count').where('keyId', '=', keyId).execute()
  const sum = (counts: readonly number[]) => counts.reduce((all, one) => all + one, 0)
  return { admitted: sum([...byDay.values()]), refused: sum(refusals.map(({ count }) => count)) }
}

/** That each bar of the chart that is shown is as high as its row of the table says, and that the rows add up to what the database has. */
async function assertAgree(page: Page, { admitted, refused }: { admitted: number; refused: number }, spans: number): Promise<void> {
  const panel = page.getByRole('tabpanel', { name: String(spans) })
  const details = panel.locator('details')
  if ((await details.getAttribute('open')) === null) await details.locator('summary').click()
  const cells = async (row: string) =>
    (await panel
      .locator(`table ${row}`)
      .evaluateAll((rows: { cells: Iterable<{ firstChild: { textContent: string } }> }[]) =>
        rows.map(({ cells }) => [...cells].map(({ firstChild }) => firstChild.textContent)),
      )) as [string, string, string][]
  const rows = await cells('tbody tr')
  assert.equal(rows.length, spans)
  assert.deepEqual((await cells('tfoot tr'))[0], ['Together', String(admitted), String(refused)])
  const column = (at: 1 | 2) => rows.map((row) => Number(row[at]))
  const sum = (counts: readonly number[]) => counts.reduce((all, one) => all + one, 0)
  assert.deepEqual([sum(column(1)), sum(column(2))], [admitted, refused])
  const top = Number(await panel.getByRole('img').locator('span').nth(2).textContent())
  const heights = await panel
    .locator('[data-bar]')
    .evaluateAll((bars: { querySelector(selector: string): { style: { height: string } } | null }[]) =>
      bars.map((bar) =>
        ['[data-part=value]', '[data-part=more]'].map((part) => Number.parseFloat(bar.querySelector(part)?.style.height ?? '0')),
      ),
    )
  assert.deepEqual(
    heights.map((parts) => parts.map((percent) => Math.round((percent / 100) * top))).reverse(),
    rows.map(([, admitted, refused]) => [Number(admitted), Number(refused)]),
  )
  const label = await panel.getByRole('img').getAttribute('aria-label')
  assert.ok(label!.includes(`${admitted} admitted and ${refused} refused`), label!)
}

async function generate({ context, organizationId }: Opened, name: string): Promise<{ id: string; secret: string }> {
  const answer = await context.request.post('/api/dashboard/v1/keys', { data: { name, organizationId } })
  assert.equal(answer.status(), 201, await answer.text())
  const { key, secret } = await answer.json()
  return { id: key.id, secret }
}

async function rotate({ context, organizationId }: Opened, id: string, oldEndsInSeconds: number): Promise<string> {
  const options = { headers: { 'x-organization-id': organizationId }, data: { oldEndsInSeconds } }
  const answer = await context.request.post(`/api/dashboard/v1/keys/${id}/rotate`, options)
  assert.equal(answer.status(), 200, await answer.text())
  return (await answer.json()).secret
}

function me(secret: string): Promise<Response> {
  return fetch(`${world.url}/api/public/v1/me`, { headers: { 'x-api-key': secret, 'x-forwarded-for': '198.51.100.7' } })
}

/** Waits until that is so: what is not exact is written a second later. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  const giveUpAt = Date.now() + 20_000
  while (!(await isSo())) {
    assert.ok(Date.now() < giveUpAt, 'It did not come about')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
