import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { answer, holdToPolicy, switchElsewhere } from './states/state.ts'
import { narrow, openBrowser, openPage, type TestPage, wide } from './testing/browser.ts'
import { hostileStrings } from './testing/hostile-strings.ts'
import { assertFits } from './testing/looks.ts'
import { openWorld, type World, worldPassword } from './testing/world.ts'

const endings = ['.txt', '.md', '.pdf']

/** The file that has a name, which ends as a file's does. */
function fileNameOf(name: string, index: number): string {
  return `${name}${endings[index % endings.length]}`
}

test('hostile names of organizations, people, keys and files run nothing and break no list they are in', async (t) => {
  assert.ok(hostileStrings.length >= 200)
  const world = await openWorld(t)
  const owner = await world.addUser('Ada')
  const organizationId = await world.addOrganization('Acme')
  await world.addMember(organizationId, owner.userId, 'owner')
  for (const [index, name] of hostileStrings.entries()) {
    const { userId } = await world.addUser(name)
    const memberId = await world.addMember(organizationId, userId, 'member')
    await world.addKey({ organizationId, memberId, userId, name, createdAt: Date.now() - index, used: index })
    await world.addDocument({ organizationId, userId, fileName: fileNameOf(name, index) })
    await world.addMember(await world.addOrganization(name), owner.userId, 'viewer')
  }
  const opened = await open(t, world, owner.userId)
  const { page } = opened
  const files = hostileStrings.map(fileNameOf)

  const lists: readonly (readonly [path: string, label: RegExp, cells: readonly (readonly [cell: string, names: readonly string[]])[]])[] =
    [
      [
        '/settings/api-keys',
        /^API keys/,
        [
          ['td:nth-child(1) bdi', hostileStrings],
          ['td:nth-child(3) bdi', hostileStrings],
        ],
      ],
      ['/settings/members', /^Members/, [['td:nth-child(1) span bdi', hostileStrings]]],
      [
        '/knowledge-base',
        /^Documents/,
        [
          ['td:nth-child(1) bdi', files],
          ['td:nth-child(5) bdi', hostileStrings],
        ],
      ],
    ]
  for (const [path, label, cells] of lists) {
    await page.setViewportSize(wide)
    await page.goto(path)
    const table = page.getByRole('table', { name: label })
    const rows = table.locator('tbody tr')
    const least = hostileStrings.length
    await rows.first().waitFor()
    while ((await rows.count()) < least) {
      const before = await rows.count()
      await page.getByRole('button', { name: 'Show more' }).click()
      await rows.nth(before).waitFor()
    }
    for (const [cell, names] of cells) {
      const shown = new Set(await table.locator(cell).allTextContents())
      assert.deepEqual(
        names.filter((name) => !shown.has(name)),
        [],
        `${path} ${cell}`,
      )
    }
    for (const viewport of [wide, narrow]) {
      await page.setViewportSize(viewport)
      await assertInert(opened, hostileStrings, path)
      // Nor has the table to be scrolled.
      assert.ok(
        await table.evaluate(
          (it: { parentElement: { scrollWidth: number; clientWidth: number } }) =>
            it.parentElement.scrollWidth <= it.parentElement.clientWidth,
        ),
        path,
      )
    }
  }

  // The options of a list are text alone: what a name does to the direction of writing is kept to itself, or taken away.
  await page.goto('/settings/api-keys')
  const options = page.getByLabel('Owner').locator('option')
  await options.nth(hostileStrings.length + 1).waitFor({ state: 'attached' })
  const owners = new Set((await options.allTextContents()).map((text) => /^\u2068(.*)\u2069 \([\w.]+@example\.com\)$/s.exec(text)?.[1]))
  assert.deepEqual(
    hostileStrings
      .map((name) => name.replaceAll(/[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/g, ''))
      .filter((name) => !owners.has(name)),
    [],
  )

  // Files of a kind that is not taken are listed without being sent. Some at once, since each that is added has the list drawn anew.
  await page.goto('/knowledge-base')
  const refused = files.filter((name) => !name.includes('/')).map((name) => `${name}.exe`)
  for (let at = 0; at < refused.length; at += 40) {
    const some = refused.slice(at, at + 40)
    await page.getByLabel('Files to upload').setInputFiles(some.map((name) => ({ name, mimeType: 'text/plain', buffer: Buffer.from('x') })))
    await page.getByText(`0 of ${some.length} files added, ${some.length} not added.`).waitFor({ state: 'attached' })
    await assertInert(opened, hostileStrings, 'uploads')
    await page.getByRole('button', { name: 'Clear this list' }).click()
  }

  await page.goto('/account')
  await page.getByRole('button', { name: /^Organization: / }).click()
  const items = page.getByRole('menuitemradio')
  await items.nth(hostileStrings.length).waitFor({ state: 'attached' })
  await assertShown(items.locator('bdi'), hostileStrings)
  await assertInert(opened, hostileStrings, 'the organizations')

  await world.database.kysely.updateTable('session').set({ activeOrganizationId: null }).execute()
  await page.goto('/knowledge-base')
  await page.getByText('Choose an organization').waitFor()
  const choices = page.getByRole('list').getByRole('button')
  await choices.nth(hostileStrings.length).waitFor()
  await assertShown(choices.locator('bdi'), hostileStrings)
  await assertInert(opened, hostileStrings, 'the choice of an organization')
})

test('hostile names run nothing and break nothing in every page and dialog that is about one of them', async (t) => {
  const world = await openWorld(t)
  const owner = await world.addUser('Ada')
  const other = await world.addUser('Eve')
  const organizationId = await world.addOrganization('Acme')
  const memberId = await world.addMember(organizationId, owner.userId, 'owner')
  const otherId = await world.addMember(organizationId, other.userId, 'viewer')
  const ofOther = { organizationId, memberId: otherId, userId: other.userId, name: 'Key', createdAt: 0 }
  const keyIds = [
    await world.addKey({ organizationId, memberId, userId: owner.userId, name: 'Key', used: 3 }),
    await world.addKey({ ...ofOther, oldEndsAt: null, used: 3 }),
  ]
  const documentId = await world.addDocument({ organizationId, userId: owner.userId, fileName: 'file.txt' })
  const link = await world.invite(organizationId, owner.userId, 'zoe@example.com', 'viewer')
  const opened = await open(t, world, owner.userId, true)
  const { page } = opened
  opened.allowComplaint(/40[49]/)
  const visitor = await openPage(t, page.context().browser()!, { viewport: narrow, baseURL: world.url })
  await watch(visitor.page)
  visitor.allowComplaint(/401/)

  const name = everyName()
  const { kysely } = world.database
  await kysely.updateTable('user').set({ name }).execute()
  await kysely.updateTable('organization').set({ name }).execute()
  await kysely.updateTable('key').set({ name, revokedAt: null, revokedBy: null }).execute()
  await kysely.updateTable('invitation').set({ email: name }).execute()
  await kysely.updateTable('document').set({ fileName: name }).where('id', '=', documentId).execute()
  // These first: the keys are revoked in the list.
  const ofKeys = keyIds.map((id, index) => [`/settings/api-keys/${id}`, keyDialogs[index]!] as const)
  for (const [path, openers] of [...ofKeys, ...Object.entries(dialogs)]) {
    await page.goto(path)
    await page.getByRole('heading', { level: 1 }).waitFor()
    for (const opener of openers) {
      await opener(page, name)
      await page.locator('[role=dialog], [role=alertdialog], [role=menu]').last().waitFor()
      for (const viewport of [wide, narrow]) {
        await page.setViewportSize(viewport)
        await assertInert(opened, [name], `${path} ${opener.name || opener} ${viewport.width}`)
      }
      await page.keyboard.press('Escape')
      await page.locator('[role=dialog], [role=alertdialog], [role=menu]').last().waitFor({ state: 'detached' })
      await page.unrouteAll({ behavior: 'ignoreErrors' })
    }
    await assertInert(opened, [name], path)
    const instant = page.locator('main time').first()
    if (await instant.isVisible()) {
      await instant.click()
      await page.locator('[aria-hidden]').getByText(/ UTC$/).waitFor()
      await assertInert(opened, [name], `${path} exact time`)
    }
  }
  const renamed = { name: { from: name, to: name } }
  const by = { organizationId, userId: other.userId, address: null, requestId: null }
  await world.addEntry({ ...by, action: 'organization.renamed', targetId: organizationId, details: renamed })
  await world.addEntry({ ...by, action: 'member.removed', targetId: owner.userId, details: { role: 'owner', withdrawnInvitations: [] } })
  await world.addEntry({ ...by, action: 'key.revoked', targetId: keyIds[0]!, details: { reason: 'other', note: name } })
  await world.addEntry({ ...by, action: 'key.renamed', targetId: keyIds[0]!, details: renamed })
  for (const path of ['/settings/audit', `/settings/api-keys/${keyIds[0]}`]) {
    await page.goto(path)
    await page
      .getByRole('list', { name: /^(Audit log|History)$/ })
      .getByText(/revoked .*, saying/s)
      .first()
      .waitFor()
    for (const viewport of [wide, narrow]) {
      await page.setViewportSize(viewport)
      await assertInert(opened, [name], `${path} ${viewport.width}`)
    }
  }
  const found = await world.addSecret(keyIds[0]!, 100)
  await page.goto('/settings/api-keys')
  await press(/^Whose secret/)(page, name)
  await page.getByLabel('Secret', { exact: true }).fill(found)
  await page.getByRole('button', { name: 'Find the key' }).click()
  await page.getByRole('link', { name: 'Open the key' }).waitFor()
  for (const viewport of [wide, narrow]) {
    await page.setViewportSize(viewport)
    await assertInert(opened, [name], `whose secret ${viewport.width}`)
  }
  await page.goto('/settings/api-keys/key_none')
  await page.getByText('There is no such key').waitFor()
  await assertInert(opened, [name], 'no such key')
  const elsewhere = { id: 'org_other', name, role: 'viewer', createdAt: new Date().toISOString() }
  for (const [organization, told] of [
    [elsewhere, 'Another tab has switched to'],
    [null, 'You are no longer a member of'],
  ] as const) {
    // The server knows of no such organization.
    await holdToPolicy(page)
    await switchElsewhere(page, organization)
    await page.getByText(told).first().waitFor()
    await assertInert(opened, [name], told)
    await page.unrouteAll({ behavior: 'ignoreErrors' })
  }
  await visitor.page.goto('/sign-in')
  await visitor.page.goto(link)
  await visitor.page.getByText('Create account and join').waitFor()
  await assertInert(visitor, [name], 'the invitation')
})

type Opener = (page: Page, name: string) => Promise<unknown>

const press =
  (name: RegExp): Opener =>
  (page) =>
    page.getByRole('button', { name }).first().click()

const act =
  (name: RegExp): Opener =>
  async (page) => {
    await page
      .getByRole('button', { name: /^Actions for/ })
      .first()
      .click()
    await page.getByRole('menuitem', { name }).click()
    await page.getByRole('menu').waitFor({ state: 'detached' })
  }

async function generate(page: Page): Promise<void> {
  await page
    .getByRole('button', { name: /^Generate/ })
    .first()
    .click()
  await page.getByLabel('Name', { exact: true }).fill('Key')
  await page.getByRole('dialog').getByRole('button', { name: 'Generate key' }).click()
}

async function generated(page: Page, name: string): Promise<void> {
  // A name as long as this is not taken, but told.
  await page.route('**/dashboard/v1/keys', async (route) => {
    const response = await route.fetch()
    const { key, secret } = await response.json()
    await route.fulfill({ response, json: { key: { ...key, name }, secret } })
  })
  await generate(page)
  await page.getByRole('button', { name: 'Send test request' }).click()
  await page.getByText(/1,999 left/).waitFor()
  await page.getByLabel('I have stored it').check()
}

async function switchedWhileGenerating(page: Page, name: string): Promise<void> {
  await answer(page, '**/dashboard/v1/keys', 409, {
    code: 'other_organization_active',
    detail: 'x',
    activeOrganization: { id: 'org_1', name },
  })
  await generate(page)
  await page.getByText('No key was made').waitFor()
}

async function lift(page: Page): Promise<void> {
  await page.route('**/keys?*', async (route) => {
    const response = await route.fetch()
    const { keys, nextCursor } = await response.json()
    const blocked = keys.map((key: object) => ({ ...key, status: 'blocked', blockReason: 'idle' }))
    await route.fulfill({ response, json: { keys: blocked, nextCursor } })
  })
  await page.reload()
  await act(/Lift/)(page, '')
}

async function revoked(page: Page): Promise<void> {
  await act(/Revoke/)(page, '')
  await page.getByRole('button', { name: 'Revoke key' }).click()
  await page.getByText('No request with this key is accepted').waitFor()
}

async function rotated(page: Page): Promise<void> {
  await press(/^Rotate/)(page, '')
  await page.getByRole('button', { name: 'Rotate key' }).click()
  await page.getByText('has a new secret').waitFor()
  await page.getByLabel('I have stored it').check()
}

async function deleteAccount(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Delete account' }).click()
  await page.getByRole('dialog').getByLabel('Password', { exact: true }).fill(worldPassword)
  await page.getByRole('dialog').getByRole('button', { name: 'Delete account' }).click()
  await page.getByText('The organization is').waitFor()
}

/** What opens each dialog on the page of a key: one of whoever looks at it, one of somebody else. */
const keyDialogs: readonly (readonly Opener[])[] = [
  [press(/^Rotate/), press(/^Rename/), press(/expiry/), press(/^Revoke/), rotated],
  [press(/^Rename/), press(/^Revoke/)],
]

/** By path, what opens each dialog that names something. */
const dialogs: Readonly<Record<string, readonly Opener[]>> = {
  '/settings/api-keys': [
    press(/^Generate/),
    act(/Rename/),
    act(/expiry/),
    lift,
    act(/Revoke/),
    revoked,
    switchedWhileGenerating,
    generated,
  ],
  '/knowledge-base': [press(/^Public link of/), press(/^Delete/)],
  '/settings/members': [
    press(/^Change role of yours/),
    press(/^Change role of (?!yours)/),
    press(/^Remove/),
    press(/^Revoke all keys of (?!yours)/),
    press(/^Leave/),
    press(/^Invite/),
    press(/^Cancel invitation/),
  ],
  '/account': [press(/^Account of/), press(/^Organization: /), deleteAccount],
  '/settings/organization': [press(/^Delete organization/)],
}

/** What takes in what follows it, if it is read as HTML: an element whose content is no HTML, a comment, a tag or a quote left open. */
const swallows = /<(!--|!\[CDATA|plaintext|xmp|textarea|title|style|script|noscript|template|select|iframe)|<[^>]*$|=["'][^"']*$/i

/**
 * All hostile strings as one name, longer than any that may be given: each page and dialog is opened once for all of them. At its end are
 * those that would keep the others from being read as HTML. What each does alone is seen in the lists.
 */
function everyName(): string {
  const swallowing = hostileStrings.filter((text) => swallows.test(text))
  return [...hostileStrings.filter((text) => !swallows.test(text)), ...swallowing].join(' ').trim()
}

async function open(t: Parameters<typeof openPage>[0], world: World, userId: string, isNarrow = false): Promise<TestPage> {
  const opened = await openPage(t, await openBrowser(t), { viewport: isNarrow ? narrow : wide, baseURL: world.url })
  await opened.context.addCookies([await world.signIn(userId)])
  await watch(opened.page)
  return opened
}

/** Has the page count what should never run. */
async function watch(page: Page): Promise<void> {
  await page.addInitScript('globalThis.hits = 0; globalThis.hit = () => { hits++ }')
  page.on('dialog', (dialog) => void dialog.dismiss())
}

/** That nothing ran, no policy was called upon, nobody else was asked, it fits, and no name turns the text beside it. */
async function assertInert({ page, complaints }: TestPage, names: readonly string[], where: string): Promise<void> {
  assert.equal(await page.evaluate('hits'), 0, where)
  assert.deepEqual(
    complaints.filter((complaint) => !/status of 40[149]/.test(complaint)),
    [],
    where,
  )
  await assertFits(page, where)
  assert.deepEqual(await page.evaluate<string[]>(`(${strayNames})(${JSON.stringify(names)})`), [], where)
}

/**
 * Finds names that could turn the direction of the text beside them: those whose own element is neither isolated within its line nor
 * theirs alone. A block is isolated whatever is in it, so that says nothing. As text, since it runs in the page.
 */
const strayNames = `(names) => {
  const long = names.filter((name) => name.trim().length >= 8)
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  const found = []
  while (walker.nextNode()) {
    const { nodeValue, parentElement } = walker.currentNode
    if (parentElement.closest('.sr-only, option, script, style, textarea')) continue
    if (!long.some((name) => nodeValue.includes(name))) continue
    const { display, unicodeBidi } = getComputedStyle(parentElement)
    const isIsolated = parentElement.localName === 'bdi' || (display.startsWith('inline') && /isolate|plaintext/.test(unicodeBidi))
    if (isIsolated || names.some((name) => name.trim() === parentElement.textContent.trim())) continue
    found.push(parentElement.outerHTML.slice(0, 300))
  }
  return found
}`

async function assertShown(elements: ReturnType<Page['locator']>, names: readonly string[]): Promise<void> {
  const shown = new Set(await elements.allTextContents())
  assert.deepEqual(
    names.filter((name) => !shown.has(name)),
    [],
  )
}
