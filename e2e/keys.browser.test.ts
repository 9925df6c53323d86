import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, test } from 'node:test'
import type { BrowserContext, Page, Response } from 'playwright-core'
import { narrow, openBrowser, openPage, wide } from './testing/browser.ts'
import { shareDashboard } from './testing/dashboard.ts'

const browser = await openBrowser({ after })
const { url, signUp } = await shareDashboard({ after }, browser, { LEAFPAD_MAX_LIVE_KEYS_PER_MEMBER: '100' })

const dayMs = 86_400_000

for (const viewport of [wide, narrow]) {
  test(`at ${viewport.width} px: an expiry is told before, as the server set it after, made earlier, and over`, async (t) => {
    const { page, context } = await signUp(t, { viewport })
    await page.goto('/settings/api-keys')
    const inDays = (days: number) => new Date(Date.now() + days * dayMs).toISOString().slice(0, 10)
    await page.getByRole('button', { name: 'Generate your first key' }).click()
    await page.getByLabel('Name').fill('Pipeline')
    const told = page.getByText('Asked for now, it expires on')
    assert.ok((await told.textContent())!.includes(`(${inDays(30)} `))
    await chooseExpiry(page, 'On a date …')
    const last = new Date(Date.now() + 20 * dayMs)
    await page.getByLabel('Last day').fill(last.toLocaleDateString('sv', { timeZone: 'Europe/Berlin' }))
    assert.match((await told.textContent())!, / 23:59 CES?T \(\d{4}-\d\d-\d\d 2[12]:59:59 UTC\)/)
    await page.getByRole('dialog').getByRole('button', { name: 'Generate key' }).click()
    const after = await page.getByText('is ready. It expires on').textContent()
    const [{ expiresAt }] = (await listByApi(context)) as [{ expiresAt: string }]
    assert.match(expiresAt, /T2[12]:59:59\.000Z$/)
    assert.ok(after!.includes(`(${expiresAt.slice(0, 19).replace('T', ' ')} UTC)`), after!)
    await page.getByLabel('I have stored it').check()
    await page.getByRole('button', { name: 'Done' }).click()

    await page.getByRole('button', { name: 'Actions for Pipeline' }).click()
    await page.getByRole('menuitem', { name: 'Shorten the expiry …' }).click()
    await page.getByRole('combobox', { name: 'Expires after' }).click()
    assert.deepEqual(await page.getByRole('option').allTextContents(), ['1 day', '7 days', 'On a date …'])
    await page.getByRole('option', { name: '7 days' }).click()
    await page.getByRole('button', { name: 'Set expiry' }).click()
    await page.getByText('The server has set it').waitFor()
    assert.equal(((await listByApi(context)) as [{ expiresAt: string }])[0].expiresAt.slice(0, 10), inDays(7))
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click()
    await page
      .getByRole('row', { name: /Pipeline/ })
      .getByText('Expires in 7 days')
      .waitFor()

    const secret = await generateByApi(context, { name: 'Short', expiresAt: new Date(Date.now() + 2_000).toISOString() })
    while ((await fetch(`${url}/api/public/v1/me`, { headers: { 'x-api-key': secret } })).status === 200);
    await page.reload()
    await page.getByRole('row', { name: /Short/ }).getByText('Expired', { exact: true }).waitFor()
  })

  test(`at ${viewport.width} px: filters and the search are in the address, and find keys beyond the first page`, async (t) => {
    const { page, context } = await signUp(t, { viewport })
    const oldest = await generateByApi(context, { name: 'Machine 1' })
    for (let n = 2; n <= 55; n++) await generateByApi(context, { name: `Machine ${n}` })
    await page.goto('/settings/api-keys')
    const rows = page.getByRole('row').filter({ has: page.getByRole('button', { name: /^Actions for/ }) })
    await page.getByText('The newest 50 keys.').waitFor()
    assert.equal(await rows.count(), 50)
    await page.getByRole('button', { name: 'Show more' }).click()
    await page.getByText('55 keys.', { exact: true }).waitFor()
    assert.equal(await rows.count(), 55)
    await page.reload()
    await page.getByText('The newest 50 keys.').waitFor()
    await page.getByLabel('Search').fill('machine 3')
    await page.getByText('11 keys match.').waitFor()
    await page.waitForURL(/\?q=machine\+3$/)
    await page.getByLabel('Expires').selectOption('Never')
    await page.waitForURL(/expires=never/)
    await page.getByText('11 keys match.').waitFor()
    await page.getByLabel('Status').selectOption('Revoked')
    await page.getByText('There is no revoked key that never expires with “machine 3” in its name or last four.').waitFor()
    await page.waitForURL(/status=revoked/)
    await page.reload()
    await page.getByText('No key matches').waitFor()
    assert.equal(await page.getByLabel('Search').inputValue(), 'machine 3')
    await page.getByRole('button', { name: 'Show all', exact: true }).click()
    await page.getByText('The newest 50 keys.').waitFor()
    await page.waitForURL(`${url}/settings/api-keys`)
    // Of the oldest key, which is on the last page.
    await page.getByLabel('Search').fill(oldest.slice(-4))
    await page.getByText('1 key matches.', { exact: true }).waitFor()
    await page.getByRole('row', { name: /Machine 1\b/ }).waitFor()
    // What is on no page yet is found as well, page after page.
    await page.getByLabel('Search').fill('machine')
    await page.getByText('The newest 50 keys that match.').waitFor()
    await page.getByRole('button', { name: 'Show more' }).click()
    await page.getByText('55 keys match.', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Show all', exact: true }).click()
    await page.getByText('The newest 50 keys.').waitFor()
    await page.goto('/settings/api-keys?status=nonsense&expires=tomorrow&used=30&other=1')
    await page.getByText('The newest 50 keys.').waitFor()
    assert.equal(await page.getByRole('button', { name: 'Show all' }).count(), 0)
  })

  test(`at ${viewport.width} px: a viewer gets a command their role allows, and a key that writes nothing; admins see whose it is, and that its owner left`, async (t) => {
    const owner = await signUp(t, { viewport })
    const api = `${url}/api/dashboard/v1`
    const { organization } = (await (await owner.context.request.get(`${api}/session`)).json()) as { organization: { id: string } }
    const members = `${api}/organizations/${organization.id}`
    const data = { email: `eve-${viewport.width}@example.com`, role: 'viewer' }
    const { link } = (await (await owner.context.request.post(`${members}/invitations`, { data })).json()) as { link: string }
    const viewer = await openPage(t, browser, { viewport, baseURL: url })
    viewer.expectComplaint(/401/)
    await viewer.page.goto(link)
    await viewer.page.getByLabel('Your name').fill('Eve')
    await viewer.page.getByLabel('Password', { exact: true }).fill('another long password')
    await viewer.page.getByRole('button', { name: 'Create account and join' }).click()
    await viewer.page.getByRole('button', { name: 'Organization: Acme' }).waitFor()
    await viewer.page.goto('/settings/api-keys')
    const secret = await generate(viewer.page, 'Generate your first key', 'Reader')
    assert.doesNotMatch(await viewer.page.getByLabel('In a terminal').inputValue(), / -d /)
    await viewer.page.getByRole('button', { name: 'Send test request' }).click()
    await viewer.page.getByText('200 · Acme · 1,999 left').waitFor()
    const headers = { 'x-api-key': secret, 'content-type': 'application/json' }
    const written = await fetch(`${url}/api/public/v1/knowledge-base`, { method: 'POST', headers, body: JSON.stringify({ text: 'x' }) })
    const problem = (await written.json()) as { code: string; detail: string }
    assert.deepEqual([written.status, problem.code], [403, 'missing_permission'])
    assert.match(problem.detail, /documents:write/)
    await finish(viewer.page)
    assert.equal(await viewer.page.getByRole('columnheader', { name: 'Owner' }).count(), 0)

    await generateByApi(owner.context, { name: 'Own' })
    const { page } = owner
    await page.goto('/settings/api-keys')
    await page.getByLabel('Owner').selectOption(`\u2068Eve\u2069 (eve-${viewport.width}@example.com)`)
    await page.getByText('1 key.', { exact: true }).waitFor()
    const row = page.getByRole('row', { name: /Reader/ })
    await row.getByText('Eve', { exact: true }).waitFor()
    // What is focused by a program and not by the keyboard tells nothing more.
    await row.getByRole('button').first().focus()
    await page.keyboard.press('Tab')
    // That of the instant before may be there for a moment longer.
    const told = page.locator('[aria-hidden]').filter({ has: page.getByText('from 127.0.0.1', { exact: true }) })
    await told.getByText(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/).waitFor()
    const list = (await (await owner.context.request.get(`${members}/members`)).json()) as { members: { id: string; name: string }[] }
    const { id } = list.members.find(({ name }) => name === 'Eve')!
    await owner.context.request.delete(`${members}/members/${id}`)
    await page.reload()
    await row.getByText('Owner left').waitFor()
    assert.equal((await fetch(`${url}/api/public/v1/me`, { headers: { 'x-api-key': secret } })).status, 401)
  })
}

test('at 320 px: a list that is open in a dialog stays where it is when the page behind is scrolled, so that a press hits what it aimed at', async (t) => {
  const { page } = await signUp(t, { viewport: narrow })
  await page.goto('/settings/api-keys')
  await page.getByRole('button', { name: 'Generate your first key' }).click()
  await page.getByRole('combobox', { name: 'Expires after' }).click()
  const option = page.getByRole('option', { name: 'On a date …' })
  await option.click({ trial: true })
  // In one go, since what follows the page a moment later is put right by then, and a press in between misses.
  const [scrolled, moved] = await option.evaluate<[number, number], { getBoundingClientRect(): { top: number } }>((element) => {
    const page = globalThis as unknown as { readonly scrollY: number; scrollTo(x: number, y: number): void }
    const [top, at] = [page.scrollY, element.getBoundingClientRect().top]
    page.scrollTo(0, top === 0 ? 40 : 0)
    return [page.scrollY - top, element.getBoundingClientRect().top - at]
  })
  assert.notEqual(scrolled, 0)
  assert.equal(moved, 0)
})

test('what can be done with a key is in sight at every width, whatever else is not', async (t) => {
  const { page, context } = await signUp(t)
  await generateByApi(context, { name: 'In sight' })
  await page.goto('/settings/api-keys')
  const actions = page.getByRole('button', { name: 'Actions for In sight' })
  await actions.waitFor()
  for (const width of [320, 640, 641, 800, 1100, 1280]) {
    await page.setViewportSize({ width, height: 800 })
    const box = await actions.boundingBox()
    assert.ok(box !== null && box.x >= 0 && box.x + box.width <= width, `${width} px: ${JSON.stringify(box)}`)
  }
})

test('whoever would leave without the secret is asked: by Escape, the cross, going back and closing the tab', async (t) => {
  const { page } = await signUp(t)
  await page.goto('/settings/api-keys')
  await page.getByRole('link', { name: 'Members' }).click()
  await page.getByRole('link', { name: 'API Keys' }).click()
  const secret = await generate(page, 'Generate your first key', 'Kept')
  const question = page.getByRole('alertdialog', { name: 'Close without the secret?' })
  for (const leave of [
    () => page.keyboard.press('Escape'),
    () => page.getByRole('dialog').getByRole('button', { name: 'Close' }).click(),
    () => page.evaluate('history.back()'),
  ]) {
    await leave()
    await question.getByRole('button', { name: 'Keep it open' }).click()
    await question.waitFor({ state: 'detached' })
    assert.equal(await page.getByLabel('Secret', { exact: true }).inputValue(), secret)
  }
  const guard = page.waitForEvent('dialog')
  const closing = page.close({ runBeforeUnload: true })
  const dialog = await guard
  assert.equal(dialog.type(), 'beforeunload')
  await dialog.dismiss()
  await closing
  await page.getByLabel('I have stored it').check()
  await page.evaluate('history.back()')
  await page.waitForURL(`${url}/settings/members`)
})

test('a secret that is shown stays, with its organization, whatever other tabs do: switch the organization, sign out', async (t) => {
  const { page, context, expectComplaint, allowComplaint } = await signUp(t)
  await page.goto('/settings/api-keys')
  const secret = await generate(page, 'Generate your first key', 'Held')
  const api = `${url}/api/dashboard/v1`
  const lookAgain = async (status: number) => {
    const isWanted = (answer: Response) => answer.url().startsWith(api) && answer.status() === status
    let answer: Response | undefined
    // Again, since a page that is asking already does not ask anew.
    while (answer === undefined) {
      const next = page.waitForResponse(isWanted, { timeout: 2_000 }).catch(() => undefined)
      // What a browser says when one comes back to its tab.
      await page.evaluate("document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))")
      answer = await next
    }
    await answer.finished()
    await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))')
  }
  const made = await context.request.post(`${api}/organizations`, { data: { name: 'Difference Works' } })
  const { organization } = await made.json()
  await context.request.put(`${api}/session/organization`, { data: { organizationId: organization.id } })
  await lookAgain(200)
  await page.getByText('Another tab has switched to Difference Works.', { exact: true }).waitFor()
  // The list behind the dialog is of an organization that is not the active one, and may be asked for.
  allowComplaint(/409/)
  assert.equal(await page.getByLabel('Secret', { exact: true }).inputValue(), secret)
  await context.request.delete(`${api}/organizations/${organization.id}`)
  await lookAgain(200)
  assert.equal(await page.getByLabel('Secret', { exact: true }).inputValue(), secret)
  await context.clearCookies()
  await lookAgain(401)
  expectComplaint(/401/)
  assert.equal(await page.getByLabel('Secret', { exact: true }).inputValue(), secret)
  await page.getByRole('button', { name: 'Send test request' }).click()
  await page.getByText('200 · Acme · 1,999 left').waitFor()
  await page.getByLabel('I have stored it').check()
  await page.getByRole('button', { name: 'Done' }).click()
  await page.getByText('Your session has ended').waitFor()
})

test('the secret is nowhere in the page once the dialog is closed or the page was put away, and in nothing that the browser keeps', async (t) => {
  const { page, context } = await signUp(t)
  await page.goto('/settings/api-keys')
  const secret = await generate(page, 'Generate your first key', 'First')
  const pieces = Array.from({ length: secret.length - 8 - 12 }, (_, at) => secret.slice(8 + at, 20 + at))
  const kept = async () => [
    page.url(),
    await page.title(),
    JSON.stringify(await context.storageState({ indexedDB: true })),
    await page.evaluate<string>('JSON.stringify([{ ...localStorage }, { ...sessionStorage }, history.state])'),
    await readCaches(page),
  ]
  const found = (texts: readonly string[]) => pieces.filter((piece) => texts.some((text) => text.includes(piece)))
  const live = await page.locator('[role=status], [role=alert], [aria-live]').allTextContents()
  assert.deepEqual(found([...(await kept()), ...live]), [])
  await page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
  // At once, and not with the next painting.
  assert.deepEqual(found([await page.content(), ...(await kept())]), [])
  await page.getByText('cannot be shown again').waitFor()
  await page.getByRole('button', { name: 'Done' }).click()

  const second = await generate(page, 'Generate key', 'Second')
  await page.getByRole('button', { name: 'Send test request' }).click()
  await page.getByText('200 · Acme').waitFor()
  await finish(page)
  pieces.push(...Array.from({ length: second.length - 8 - 12 }, (_, at) => second.slice(8 + at, 20 + at)))
  assert.deepEqual(found([await page.content(), ...(await kept())]), [])

  await page.getByRole('link', { name: 'Second' }).click()
  for (const isLeft of [true, false]) {
    await page.getByRole('button', { name: 'Rotate …' }).click()
    await page.getByRole('button', { name: 'Rotate key' }).click()
    const rotated = await page.getByLabel('Secret', { exact: true }).inputValue()
    pieces.push(...Array.from({ length: rotated.length - 8 - 12 }, (_, at) => rotated.slice(8 + at, 20 + at)))
    if (isLeft) {
      await page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
      assert.deepEqual(found([await page.content(), ...(await kept())]), [])
      await page.getByText('rotate the key again').waitFor()
      await page.getByRole('button', { name: 'Done' }).click()
    } else {
      await finish(page)
      assert.deepEqual(found([await page.content(), ...(await kept())]), [])
    }
  }
})

/** What the page has in the caches of its queries and mutations, found where React has the one who has them. */
async function readCaches(page: Page): Promise<string> {
  const [queries, text] = await page.evaluate<[queries: number, text: string]>(`(() => {
    const root = document.getElementById('root')
    const waiting = [root[Object.keys(root).find((name) => name.startsWith('__reactContainer$'))]]
    while (waiting.length > 0) {
      const fiber = waiting.pop()
      const client = fiber.memoizedProps?.client
      if (client?.getQueryCache === undefined) {
        waiting.push(...[fiber.sibling, fiber.child].filter((next) => next))
        continue
      }
      const queries = client.getQueryCache().getAll().map(({ queryKey, state }) => [queryKey, state.data])
      const mutations = client.getMutationCache().getAll().map(({ state }) => [state.data, state.variables, state.context])
      return [queries.length, JSON.stringify([queries, mutations])]
    }
    return [0, '']
  })()`)
  assert.ok(queries > 0, 'the caches are found')
  return text
}

test('a browser that keeps pages to go back to keeps none with a secret: whoever comes back finds the page loaded anew', async (t) => {
  const keeping = await openBrowser(t, [], ['--disable-back-forward-cache'])
  const { page } = await signUp(t, {}, keeping)
  await page.goto('/settings/api-keys')
  const secret = await generate(page, 'Generate your first key', 'Left behind')
  page.once('dialog', (dialog) => dialog.accept())
  await page.goto('/healthz')
  await page.goBack()
  await page.getByRole('row', { name: /Left behind/ }).waitFor()
  const reasons = await page.evaluate<string>("JSON.stringify(performance.getEntriesByType('navigation')[0].notRestoredReasons)")
  assert.match(reasons, /no-store/)
  assert.equal(await page.getByRole('dialog').count(), 0)
  assert.ok(!(await page.content()).includes(secret.slice(8, 20)))
})

test('the secret is copied where there is no clipboard to ask, selected where nothing can copy, and downloaded; pasted into the search, it is cut to its last four', async (t) => {
  const { page } = await signUp(t)
  await page.addInitScript("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
  await page.goto('/settings/api-keys')
  const secret = await generate(page, 'Generate your first key', 'Copied')
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download .env' }).click()
  assert.equal(await readFile(await (await download).path(), 'utf8'), `LEAFPAD_URL=${url}\nLEAFPAD_API_KEY=${secret}\n`)
  await page.getByRole('button', { name: 'Copy' }).first().click()
  await page.getByText('Copied.', { exact: true }).waitFor()
  await page.evaluate('document.execCommand = () => false')
  await page.getByRole('button', { name: 'Copy' }).last().click()
  await page.getByText('press Ctrl+C').waitFor()
  assert.ok((await page.evaluate<string>('getSelection().toString()')).includes(secret))
  await finish(page)
  await page.getByRole('button', { name: 'Whose secret is this?' }).click()
  await page.getByLabel('Secret', { exact: true }).press('ControlOrMeta+v')
  assert.equal(await page.getByLabel('Secret', { exact: true }).inputValue(), secret)
  await page.keyboard.press('Escape')

  // In the search, whose words are in the address, it is no more than its last four, by which it is found.
  await page.getByLabel('Search').press('ControlOrMeta+v')
  assert.equal(await page.getByLabel('Search').inputValue(), secret.slice(-4))
  await page.getByText('1 key matches.').waitFor()
  await page.waitForURL(`${url}/settings/api-keys?q=${secret.slice(-4)}`)
})

async function generate(page: Page, button: string, name: string): Promise<string> {
  await page.getByRole('button', { name: button }).click()
  await page.getByLabel('Name').fill(name)
  await page.getByRole('dialog').getByRole('button', { name: 'Generate key' }).click()
  return page.getByLabel('Secret', { exact: true }).inputValue()
}

/** Says that the secret is stored, and closes. */
async function finish(page: Page): Promise<void> {
  await page.getByLabel('I have stored it').check()
  await page.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
}

async function chooseExpiry(page: Page, option: string): Promise<void> {
  await page.getByRole('combobox', { name: 'Expires after' }).click()
  await page.getByRole('option', { name: option }).click()
}

/** Makes a key with the page's session; its secret. */
async function generateByApi(context: BrowserContext, asked: object): Promise<string> {
  const { organization } = await (await context.request.get('/api/dashboard/v1/session')).json()
  const data = { organizationId: organization.id, ...asked }
  const answer = await context.request.post('/api/dashboard/v1/keys', { data })
  assert.equal(answer.status(), 201, await answer.text())
  return (await answer.json()).secret
}

async function listByApi(context: BrowserContext): Promise<unknown[]> {
  return (await (await context.request.get('/api/dashboard/v1/keys')).json()).keys
}
