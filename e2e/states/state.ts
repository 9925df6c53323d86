import type { Page } from 'playwright-core'
import type { Acme } from './acme.ts'

export interface State {
  readonly name: string
  /** Who sees it: nobody is signed in, one of Acme's, or somebody with an empty organization, or with none. */
  readonly as: 'nobody' | 'owner' | 'viewer' | 'founder' | 'loner'
  readonly path: string | ((acme: Acme) => string | Promise<string>)
  /** Sees to what must be so when the page is opened. */
  readonly before?: (page: Page, acme: Acme) => Promise<unknown>
  /** Brings it about once the page's heading is there, and waits for it. */
  readonly show?: (page: Page, acme: Acme) => Promise<unknown>
  /** By Escape all is as it was when the page was opened, so that the next state of the same page needs no opening. */
  readonly closes?: true
  /** It needs a page that is opened by the browser, or leaves one that only the browser can open anew. */
  readonly alone?: true
}

/** Makes this the answer to such requests of the page. */
export async function answer(page: Page, url: string, status: number, problem: object): Promise<void> {
  await page.route(url, (route) => route.fulfill({ status, contentType: 'application/problem+json', body: JSON.stringify(problem) }))
}

/** Has the server unable to do what such requests of the page ask for. */
export async function refuse(page: Page, url: string): Promise<void> {
  const detail = 'The database cannot be asked right now. Try again in a moment.'
  await answer(page, url, 503, { code: 'database_unavailable', detail, requestId: 'req_8hJq2VbT0mZxLw4KcR1s' })
}

/** Waits until the page tells of what `refuse` has it answered. */
export async function untilRefused(page: Page): Promise<void> {
  await page.getByRole('alert').getByText('cannot be asked right now').waitFor()
}

/** Has the server fail at what such requests of the page ask for. */
export async function fail(page: Page, url: string): Promise<void> {
  const detail = 'Something went wrong on the server. Try again.'
  await answer(page, url, 500, { code: 'internal_error', detail, requestId: 'req_8hJq2VbT0mZxLw4KcR1s' })
}

/** Has a list that the page asks for come in pages of two. */
export async function shortenPages(page: Page, url: string): Promise<void> {
  await page.route(url, async (route) => {
    const asked = new URL(route.request().url())
    asked.searchParams.set('limit', '2')
    await route.continue({ url: asked.href })
  })
}

/** Has the page find that the session is of another organization, or of none, as after another tab has seen to that. */
export async function switchElsewhere(page: Page, organization: object | null): Promise<void> {
  const user = { id: 'user_1', name: 'Ada Lovelace', email: 'ada@example.com' }
  await page.route('**/session', (route) => route.fulfill({ json: { user, organization } }))
  // What a browser says when one comes back to its tab.
  await page.evaluate("document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))")
}

/** Leaves such requests of the page without an answer. */
export async function hold(page: Page, url: string): Promise<void> {
  await page.route(url, () => {})
}

/** A policy that limits everything. */
export const strictPolicy = {
  maxLifetimeDays: 45,
  needsExpiry: true,
  maxLiveKeysPerMember: 10,
  maxIdleDays: 30,
  networks: ['10.0.0.0/8', '192.168.0.0/16', '2001:db8::/32', '203.0.113.7/32'],
}

/** Has the page find such a policy, which no server holds anyone to. */
export async function holdToPolicy(page: Page, policy: object = strictPolicy): Promise<void> {
  await page.route('**/policy', (route) => (route.request().method() === 'GET' ? route.fulfill({ json: { policy } }) : route.fallback()))
}
