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
}

/** Makes this the answer to such requests of the page. */
export async function answer(page: Page, url: string, status: number, problem: object): Promise<void> {
  await page.route(url, (route) => route.fulfill({ status, contentType: 'application/problem+json', body: JSON.stringify(problem) }))
}

/** Leaves such requests of the page without an answer. */
export async function hold(page: Page, url: string): Promise<void> {
  await page.route(url, () => {})
}
