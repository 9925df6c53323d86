import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { TestContext } from 'node:test'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'

/** Few of them have a meaning that could change what is tested: no sandbox for root, no calls home. */
const launchArguments = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export const wide = { width: 1280, height: 800 }
export const narrow = { width: 320, height: 640 }

export interface PageOptions {
  readonly viewport?: { readonly width: number; readonly height: number }
  readonly colorScheme?: 'light' | 'dark'
  readonly baseURL: string
}

export interface TestPage {
  readonly page: Page
  readonly context: BrowserContext
  /** Errors of scripts, error lines of the console, reports of the content policy, requests to other hosts: so far, in order. */
  readonly complaints: string[]
  /** Takes one complaint that was wanted out of the list; fails when there is none that matches. */
  expectComplaint(pattern: RegExp): void
}

/** A Chromium of the machine (LEAFPAD_TEST_CHROMIUM) or the packaged one; closed after the test. Fails when none can be had. */
export async function openBrowser(t: Pick<TestContext, 'after'>): Promise<Browser> {
  const executablePath = await findChromium()
  let browser: Browser
  try {
    browser = await chromium.launch({ executablePath, args: launchArguments, timeout: 60_000 })
  } catch (error) {
    throw new Error(
      `The browser ${executablePath} cannot be started. Set LEAFPAD_TEST_CHROMIUM to the path of an installed Chromium or Chrome.`,
      { cause: error },
    )
  }
  t.after(() => browser.close())
  return browser
}

/** A page in a context of its own: no cookies, no storage. What it complains of fails the test at its end. */
export async function openPage(t: Pick<TestContext, 'after'>, browser: Browser, options: PageOptions): Promise<TestPage> {
  const { viewport = wide, colorScheme = 'light', baseURL } = options
  const context = await browser.newContext({ viewport, colorScheme, baseURL, locale: 'en-GB', timezoneId: 'Europe/Berlin' })
  context.setDefaultTimeout(15_000)
  const complaints: string[] = []
  const page = await context.newPage()
  page.on('pageerror', (error) => complaints.push(`script: ${error.stack ?? error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      complaints.push(`console: ${message.text()} (${message.location().url})`)
  })
  page.on('request', (request) => {
    const url = new URL(request.url())
    if (url.protocol.startsWith('http') && url.origin !== new URL(baseURL).origin) complaints.push(`request: ${request.url()}`)
  })
  t.after(async () => {
    await context.close()
    if (complaints.length > 0) throw new Error(`The page complained:\n${complaints.join('\n')}`)
  })
  return {
    page,
    context,
    complaints,
    expectComplaint(pattern) {
      const index = complaints.findIndex((complaint) => pattern.test(complaint))
      if (index < 0) throw new Error(`No complaint matches ${pattern}:\n${complaints.join('\n')}`)
      complaints.splice(index, 1)
    },
  }
}

async function findChromium(): Promise<string> {
  const installed = process.env.LEAFPAD_TEST_CHROMIUM
  if (installed !== undefined) {
    if (existsSync(installed)) return installed
    throw new Error(`LEAFPAD_TEST_CHROMIUM is ${installed}, where there is no file.`)
  }
  if (process.platform !== 'linux') {
    throw new Error('The packaged browser is for Linux. Set LEAFPAD_TEST_CHROMIUM to the path of an installed Chromium or Chrome.')
  }
  const packaged = (await import('@sparticuz/chromium')).default
  return packaged.executablePath()
}

/** What axe finds wrong with the page as it is, a line a finding. The page's policy holds for scripts of the page, not for this. */
export async function accessibilityFindings(page: Page): Promise<string[]> {
  const { source } = createRequire(import.meta.url)('axe-core') as { source: string }
  await page.evaluate(source)
  const findings = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(options: object): Promise<{ violations: { id: string; help: string; nodes: { html: string; failureSummary?: string }[] }[] }>
      }
    }
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
    const { violations } = await axe.run({ runOnly: { type: 'tag', values: tags } })
    return violations.map(
      ({ id, help, nodes }) => `${id}: ${help}\n${nodes.map((node) => `  ${node.html}\n  ${node.failureSummary ?? ''}`).join('\n')}`,
    )
  })
  return findings
}

/** Whether something is wider than the window, so that one would have to scroll sideways. */
export async function overflowsSideways(page: Page): Promise<boolean> {
  // A text, since the types of a page's globals are not those of Node.
  return page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth')
}
