import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { freePort } from '../../server/testing/postgres.ts'
import { openPage, type PageOptions, type TestPage } from './browser.ts'
import { makeFirstAccount } from './first-account.ts'
import { type Program, startServer, temporaryFolder } from './program.ts'

export interface RunningDashboard {
  readonly url: string
  /** The link that makes the first account. */
  readonly setUpLink: string
  readonly server: Program
  /** What it was started with, for other commands on the same database. */
  readonly settings: Readonly<Record<string, string>>
}

export const account = { organization: 'Acme', name: 'Ada Lovelace', email: 'ada@example.com', password: 'correct horse battery' }

/** A real server with its dashboard on an empty folder; ended after the test. */
export async function startDashboard(
  t: { after(end: () => Promise<void>): void },
  overrides: Readonly<Record<string, string>> = {},
): Promise<RunningDashboard> {
  const settings = { LEAFPAD_DATA_DIR: temporaryFolder(t), LEAFPAD_PORT: String(await freePort()), ...overrides }
  const server = startServer(t, settings)
  const [, url] = await server.said(/LeafPad listens on (\S+?),?\s/)
  const [setUpLink] = await server.said(/http\S+\/set-up#token=[\w-]{43}(?=\n)/)
  return { url: url!, setUpLink, server, settings }
}

export interface SharedDashboard extends Pick<RunningDashboard, 'url' | 'settings'> {
  /** A page of somebody new, who owns an organization with nothing in it. Both are named as in `account`. The page is empty yet. */
  signUp(t: Pick<TestContext, 'after'>, options?: Omit<PageOptions, 'baseURL'>, from?: Browser): Promise<SignedUp>
}

export interface SignedUp extends TestPage {
  readonly email: string
}

/** A real server for the tests of a file, each with an account of its own; ended after them. */
export async function shareDashboard(
  t: { after(end: () => Promise<void>): void },
  browser: Browser,
  overrides: Readonly<Record<string, string>> = {},
): Promise<SharedDashboard> {
  const shared = { LEAFPAD_SIGN_UP: 'open', LEAFPAD_TRUSTED_PROXIES: '127.0.0.1,::1' }
  const { url, setUpLink, settings } = await startDashboard(t, { ...shared, ...overrides })
  await makeFirstAccount(url, url, setUpLink.split('#token=')[1]!)
  let accounts = 0
  return {
    url,
    settings,
    async signUp(t, options, from = browser) {
      const opened = await openPage(t, from, { ...options, baseURL: url })
      const { organization, ...person } = account
      const email = `ada-${++accounts}@example.com`
      const answer = await opened.context.request.post('/api/dashboard/v1/sign-up', {
        data: { ...person, email, organizationName: organization },
        // An address may make few accounts a minute.
        headers: { origin: url, 'x-forwarded-for': `198.51.100.${accounts}` },
      })
      assert.equal(answer.status(), 204, await answer.text())
      return { ...opened, email }
    },
  }
}

/** Makes the first account with the set-up link, as a person does. */
export async function setUp(page: Page, setUpLink: string): Promise<void> {
  await page.goto(setUpLink)
  await page.getByLabel('Organization').fill(account.organization)
  await page.getByLabel('Your name').fill(account.name)
  await page.getByLabel('E-mail address').fill(account.email)
  await page.getByLabel('Password', { exact: true }).fill(account.password)
  await page.getByRole('button', { name: 'Create account' }).click()
  await page.getByRole('heading', { name: 'API Keys', level: 1 }).waitFor()
}

export async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Account of / }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
}

export async function signIn(
  page: Page,
  { email, password }: { readonly email: string; readonly password: string } = account,
): Promise<void> {
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: /^Account of / }).waitFor()
}
