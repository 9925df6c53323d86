import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { narrow, openBrowser, openPage, type TestPage, wide } from './testing/browser.ts'
import { hostileStrings } from './testing/hostile-strings.ts'
import { assertFits } from './testing/looks.ts'
import { openWorld, type World } from './testing/world.ts'

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
  await world.addMember(organizationId, other.userId, 'viewer')
  const keyId = await world.addKey({ organizationId, memberId, userId: owner.userId, name: 'Key', used: 3 })
  const documentId = await world.addDocument({ organizationId, userId: owner.userId, fileName: 'file.txt' })
  const link = await world.invite(organizationId, owner.userId, 'zoe@example.com', 'viewer')
  const opened = await open(t, world, owner.userId, true)
  const { page } = opened
  const visitor = await openPage(t, page.context().browser()!, { viewport: narrow, baseURL: world.url })
  await watch(visitor.page)
  visitor.allowComplaint(/401/)

  for (const name of packs()) {
    const { kysely } = world.database
    await kysely.updateTable('user').set({ name }).execute()
    await kysely.updateTable('organization').set({ name }).execute()
    await kysely.updateTable('key').set({ name }).where('id', '=', keyId).execute()
    await kysely.updateTable('document').set({ fileName: name }).where('id', '=', documentId).execute()
    for (const [path, openers] of Object.entries(dialogs)) {
      await page.goto(path)
      await page.getByRole('heading', { level: 1 }).waitFor()
      for (const opener of openers) {
        await opener(page)
        await page.locator('[role=dialog], [role=alertdialog], [role=menu]').last().waitFor()
        await assertInert(opened, [name], `${path} ${opener.name || opener}`)
        await page.keyboard.press('Escape')
        await page.locator('[role=dialog], [role=alertdialog], [role=menu]').last().waitFor({ state: 'detached' })
      }
      await assertInert(opened, [name], path)
    }
    await visitor.page.goto('/sign-in')
    await visitor.page.goto(link)
    await visitor.page.getByText('Create account and join').waitFor()
    await assertInert(visitor, [name], 'the invitation')
  }
})

type Opener = (page: Page) => Promise<unknown>

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

/** By path, what opens each dialog that names something. */
const dialogs: Readonly<Record<string, readonly Opener[]>> = {
  '/settings/api-keys': [press(/^Generate/), act(/Rename/), act(/expiry/), act(/Revoke/)],
  '/knowledge-base': [press(/^Public link of/), press(/^Delete/)],
  '/settings/members': [
    press(/^Change role of yours/),
    press(/^Change role of (?!yours)/),
    press(/^Remove/),
    press(/^Leave/),
    press(/^Invite/),
  ],
  '/settings/organization': [press(/^Delete organization/)],
  '/account': [press(/^Account of/), press(/^Organization: /)],
}

/** All hostile strings, joined to names of up to four thousand characters: more than may be given, and fewer to look at. */
function packs(): string[] {
  const found = ['']
  for (const text of hostileStrings) {
    if (found.at(-1)!.length + text.length > 4_000) found.push('')
    found.push(`${found.pop()} ${text}`.trim())
  }
  return found
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
    complaints.filter((complaint) => !/401/.test(complaint)),
    [],
    where,
  )
  await assertFits(page, where)
  assert.deepEqual(await page.evaluate<string[]>(`(${strayNames})(${JSON.stringify(names)})`), [], where)
}

/** Finds names that share an element with other text, or turn its direction. As text, since it runs in the page. */
const strayNames = `(names) => {
  const long = names.filter((name) => name.trim().length >= 8)
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  const found = []
  while (walker.nextNode()) {
    const { nodeValue, parentElement } = walker.currentNode
    if (parentElement.closest('.sr-only, option, script, style, textarea')) continue
    if (!long.some((name) => nodeValue.includes(name))) continue
    if (!/isolate|plaintext/.test(getComputedStyle(parentElement).unicodeBidi)) found.push(parentElement.outerHTML.slice(0, 300))
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
