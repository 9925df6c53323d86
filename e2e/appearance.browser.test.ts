import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import { openAcme } from './states/acme.ts'
import { accessibilityFindings, narrow, openBrowser, openPage, wide } from './testing/browser.ts'

const browser = await openBrowser({ after })
const { world, owner } = await openAcme({ after })

/** The page of somebody's account in a browser that asks for what is given. */
async function openAccount(t: Parameters<typeof openPage>[0], options: Omit<Parameters<typeof openPage>[2], 'baseURL'>): Promise<Page> {
  const { page, context } = await openPage(t, browser, { ...options, baseURL: world.url })
  await context.addCookies([await world.signIn(owner.userId)])
  await page.goto('/account')
  await page.getByRole('heading', { name: 'Account', level: 1 }).waitFor()
  return page
}

/** The most that moved at once in any frame while a dialog with something loading in it was opened and closed. */
async function mostMoving(page: Page): Promise<number> {
  await page.evaluate(`(() => {
    globalThis.moving = 0
    const look = () => { moving = Math.max(moving, document.getAnimations().length); requestAnimationFrame(look) }
    look()
  })()`)
  await page.route('**/organizations', () => {})
  await page.getByRole('button', { name: 'Delete account' }).click()
  await page.getByRole('dialog').getByLabel('Password', { exact: true }).fill('wrong password')
  await page.route('**/account', () => {})
  await page.getByRole('dialog').getByRole('button', { name: 'Delete account' }).click()
  // A button that waits has something that turns.
  await page.locator('[role=dialog] .animate-spin').waitFor()
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))')
  return page.evaluate<number>('moving')
}

test('nothing moves where a person asks for that, and something does elsewhere', async (t) => {
  assert.equal(await mostMoving(await openAccount(t, { motion: false })), 0)
  assert.ok((await mostMoving(await openAccount(t, { motion: true }))) > 0)
})

test('light or dark is as the system has it until one is chosen, which stays chosen', async (t) => {
  const page = await openAccount(t, { colorScheme: 'light' })
  const background = () => page.evaluate<string>('getComputedStyle(document.documentElement).backgroundColor')
  const choose = async (theme: string) => {
    await page.getByRole('button', { name: /^Account of/ }).click()
    await page.getByRole('menuitemradio', { name: theme }).click()
    await page.keyboard.press('Escape')
    await page.getByRole('menu').waitFor({ state: 'detached' })
  }
  const light = await background()
  await page.emulateMedia({ colorScheme: 'dark' })
  const dark = await background()
  assert.notEqual(dark, light)
  await choose('Light')
  assert.equal(await background(), light)
  assert.deepEqual(await accessibilityFindings(page), [])
  await page.emulateMedia({ colorScheme: 'light' })
  await choose('Dark')
  assert.equal(await background(), dark)
  assert.deepEqual(await accessibilityFindings(page), [])
  await page.reload()
  await page.getByRole('heading', { name: 'Account', level: 1 }).waitFor()
  assert.equal(await background(), dark)
  await choose('As the system')
  assert.equal(await background(), light)
})

for (const viewport of [wide, narrow]) {
  test(`at ${viewport.width} px: of the outline of what has the focus nothing is cut off at its sides`, async (t) => {
    const page = await openAccount(t, { viewport })
    for (const [path, there] of [
      ['/settings/api-keys', page.getByRole('button', { name: /^Actions for/ })],
      ['/settings/members', page.getByRole('button', { name: /^Remove/ })],
      ['/settings/audit', page.getByRole('main').getByRole('link')],
      ['/account', page.getByRole('button', { name: 'Delete account' })],
    ] as const) {
      await page.goto(path)
      await there.first().waitFor()
      // What is as wide as the outline and its distance, on either side.
      const cut = await page.evaluate<string[]>(`[...document.querySelectorAll('header *, main *')]
        .filter((it) => it.matches('a, button, input, select, textarea') && it.checkVisibility() && it.getBoundingClientRect().width > 1)
        .filter((it) => {
          const at = it.getBoundingClientRect()
          for (let around = it.parentElement; around !== null; around = around.parentElement) {
            if (getComputedStyle(around).overflowX !== 'clip') continue
            const { left, right } = around.getBoundingClientRect()
            if (at.left - left < 4 || right - at.right < 4) return true
          }
          return false
        })
        .map((it) => it.outerHTML.slice(0, 200))`)
      assert.deepEqual(cut, [], path)
    }
  })
}
