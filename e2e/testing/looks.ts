import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { accessibilityFindings, type Looked, overflowsSideways } from './browser.ts'

/** The page as it is, dialogs included, needs no scrolling sideways, nothing of it is cut off there, and axe finds nothing in it. */
export async function assertLooks(page: Page, colorScheme: 'light' | 'dark', looked: Looked = 'all'): Promise<void> {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
  await settle(page)
  assert.deepEqual(await accessibilityFindings(page, looked), [], colorScheme)
  // What is wider than the main part or a dialog is cut off there, and does not make the window scroll.
  await assertFits(page, page.url(), 'html, main, [role=dialog], [role=alertdialog]')
}

/** The page as it is, dialogs included, needs no scrolling sideways. `of`: what may have nothing in it that is wider. */
export async function assertFits(page: Page, where = page.url(), of?: string): Promise<void> {
  if (!(await overflowsSideways(page, of))) return
  // The innermost are the cause: what they are in is as wide because of them.
  const wide = await page.evaluate<string[]>(`[...document.querySelectorAll('body *')]
    .filter((it) => !it.closest('.sr-only') && Math.max(it.getBoundingClientRect().right, it.getBoundingClientRect().left + it.scrollWidth) > document.documentElement.clientWidth + 1)
    .filter((it, _, all) => !all.some((other) => other !== it && it.contains(other)))
    .slice(0, 5)
    .map((it) => it.parentElement.outerHTML.slice(0, 600))`)
  assert.fail(`${where} is wider than the window:\n${wide.join('\n')}`)
}

/** Waits until nothing moves and the scheme has come through: axe would measure colours half-way. */
export async function settle(page: Page): Promise<void> {
  await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))')
  await becomes(page, 'document.getAnimations().every(({ playState }) => playState !== "running")', true)
}

/** Waits until what has the focus has this name, by its label or its text. */
export async function assertFocused(page: Page, name: string): Promise<void> {
  await becomes(page, "document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent", name)
}

/** Waits until what has the focus has this id. */
export async function assertFocusedId(page: Page, id: string): Promise<void> {
  await becomes(page, 'document.activeElement?.id', id)
}

/** Asked from outside, since the page's policy lets no function wait in it. A text, since the types of its globals are not those of Node. */
async function becomes(page: Page, expression: string, expected: unknown): Promise<void> {
  const giveUpAt = Date.now() + 5_000
  for (;;) {
    const value = await page.evaluate(expression)
    if (value === expected) return
    if (Date.now() > giveUpAt) assert.equal(value, expected, expression)
  }
}

export interface Answer {
  readonly status: number
  /** Of an answer without a body: {}. */
  readonly json: Readonly<Record<string, unknown>>
}

/** Calls the API out of the page, with its session and from its origin. */
export async function callApi(page: Page, method: string, path: string, body?: object): Promise<Answer> {
  return page.evaluate(
    async ({ method, path, body }) => {
      const sent = body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
      const response = await fetch(path, { method, ...sent })
      const text = await response.text()
      return { status: response.status, json: text === '' ? {} : JSON.parse(text) }
    },
    { method, path, body },
  )
}

/** The id of the organization that the page works in. */
export async function activeOrganizationId(page: Page): Promise<string> {
  const { json } = await callApi(page, 'GET', '/api/dashboard/v1/session')
  return (json.organization as { id: string }).id
}
