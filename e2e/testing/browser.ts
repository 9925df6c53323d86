import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { TestContext } from 'node:test'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { atEnd } from './at-end.ts'
import { findChromium } from './chromium.ts'

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
  // Pages that live for seconds are not worth compiling well: that took a third of the processors' time, a process for drawing some more.
  '--js-flags=--no-opt --no-maglev',
  '--in-process-gpu',
]

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

export const wide = { width: 1280, height: 800 }
export const narrow = { width: 320, height: 640 }

export interface PageOptions {
  readonly viewport?: { readonly width: number; readonly height: number }
  readonly colorScheme?: 'light' | 'dark'
  /** Whether what opens and closes moves, as most people have it; default: it does not. */
  readonly motion?: boolean
  readonly baseURL: string
  /** Where to write what went over the wire, bodies included, once the context is closed. */
  readonly harPath?: string
}

export interface TestPage {
  readonly page: Page
  readonly context: BrowserContext
  /** Errors of scripts, error lines of the console, reports of the content policy, requests to other hosts: so far, in order. */
  readonly complaints: string[]
  /** Says that there are complaints like this by the end of the test, and that they are wanted. */
  expectComplaint(pattern: RegExp): void
  /** Says that there may be complaints like this. */
  allowComplaint(pattern: RegExp): void
}

/**
 * A Chromium with nothing in it; closed after the test, or after those of a file, whose pages each have a context of their own. Fails
 * when none can be had.
 * @param moreArguments of its command line, after those of all tests
 * @param lessArguments what the driver would start it with, and shall not
 */
export async function openBrowser(
  t: { after(close: () => Promise<void>): void },
  moreArguments: readonly string[] = [],
  lessArguments: readonly string[] = [],
): Promise<Browser> {
  const { executablePath, bundled } = await findChromium()
  const options = { executablePath, args: [...launchArguments, ...moreArguments], ignoreDefaultArgs: [...lessArguments], timeout: 60_000 }
  const launch = (env: NodeJS.ProcessEnv) => chromium.launch({ ...options, env: env as Record<string, string> })
  let browser: Browser
  try {
    browser = await launch(process.env).catch((error: Error) => {
      if (bundled === undefined || !/shared libraries/.test(error.message)) throw error
      return launch({ ...process.env, ...bundled })
    })
  } catch (cause) {
    const advice = 'Set LEAFPAD_TEST_CHROMIUM to the path of an installed Chromium or Chrome.'
    throw new Error(`The browser ${executablePath} cannot be started. ${advice}`, { cause })
  }
  atEnd(t, () => browser.close())
  return browser
}

/** A page in a context of its own: no cookies, no storage. What it complains of fails the test at its end. */
export async function openPage(t: Pick<TestContext, 'after'>, browser: Browser, options: PageOptions): Promise<TestPage> {
  const { viewport = wide, colorScheme = 'light', motion = false, baseURL, harPath } = options
  const context = await browser.newContext({
    ...{ viewport, colorScheme, baseURL, locale: 'en-GB', timezoneId: 'Europe/Berlin' },
    reducedMotion: motion ? 'no-preference' : 'reduce',
    ...(harPath !== undefined && { recordHar: { path: harPath, mode: 'full', content: 'embed' } }),
  })
  context.setDefaultTimeout(60_000)
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
  const expected: RegExp[] = []
  const allowed: RegExp[] = []
  atEnd(t, async () => {
    await context.close()
    const missing = expected.filter((pattern) => !complaints.some((complaint) => pattern.test(complaint)))
    const unexpected = complaints.filter((complaint) => ![...expected, ...allowed].some((pattern) => pattern.test(complaint)))
    if (missing.length > 0) throw new Error(`The page did not complain of ${missing.join(', ')}`)
    if (unexpected.length > 0) throw new Error(`The page complained:\n${unexpected.join('\n')}`)
  })
  return {
    page,
    context,
    complaints,
    expectComplaint: (pattern) => void expected.push(pattern),
    allowComplaint: (pattern) => void allowed.push(pattern),
  }
}

/** Has each page of a context bring axe along as it opens: to send it to a page that is open takes longer than to run it. */
export async function bringAxe(context: BrowserContext): Promise<void> {
  await context.addInitScript({ content: axeSource })
}

/**
 * What of a page axe looks at. All: every rule, on all of it. What is above: every rule, on what a dialog does not keep people from, if one
 * is open; rules about pages as a whole are left out. Colours: the rules that these can break, and no others.
 */
export type Looked = 'all' | 'what is above' | 'colours'

/** What axe finds wrong with the page as it is, a line a finding. The page's policy holds for scripts of the page, not for this. */
export async function accessibilityFindings(page: Page, looked: Looked = 'all'): Promise<string[]> {
  // See bringAxe.
  if (!(await page.evaluate('"axe" in globalThis'))) await page.evaluate(axeSource)
  return page.evaluate(async (looked) => {
    interface Violation {
      readonly id: string
      readonly help: string
      readonly nodes: readonly { readonly html: string; readonly failureSummary?: string; readonly target: readonly string[] }[]
    }
    interface Animation {
      readonly finished: Promise<unknown>
      readonly effect: { getComputedTiming(): { readonly endTime: number } } | null
    }
    interface Element {
      closest(selector: string): Element | null
    }
    const { axe, document } = globalThis as unknown as {
      axe: { run(context: object, options: object): Promise<{ violations: Violation[] }> }
      document: {
        readonly body: { readonly children: Iterable<Element> }
        querySelector(selector: string): Element | null
        getAnimations(): Animation[]
      }
    }
    // Colours of what is still fading in are nobody's to read.
    const ending = document.getAnimations().filter(({ effect }) => Number.isFinite(effect?.getComputedTiming().endTime))
    if (ending.length > 0) {
      // One that is held never finishes.
      const tooLong = new Promise((resolve) => setTimeout(resolve, 1_000))
      await Promise.race([Promise.allSettled(ending.map(({ finished }) => finished)), tooLong])
    }
    const parts = [...document.body.children]
    const reachable = parts.filter((part) => part.closest('[aria-hidden=true], [inert]') === null)
    const context = looked === 'what is above' && reachable.length < parts.length ? { include: reachable } : document
    const rules = ['color-contrast', 'link-in-text-block']
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
    const runOnly = looked === 'colours' ? { type: 'rule', values: rules } : { type: 'tag', values: tags }
    const { violations } = await axe.run(context, { runOnly, resultTypes: ['violations'] })
    const opensAbove = (selector = ':root') => document.querySelector(selector)?.closest('[role=menu], [role=listbox]') != null
    return violations.flatMap(({ id, help, nodes }) => {
      // What opens above the page is in no part of it, and is not meant to be.
      const found = nodes.filter(({ target }) => !(id === 'region' && opensAbove(target[0])))
      return found.map(({ html, failureSummary }) => `${id}: ${help}\n  ${html}\n  ${failureSummary}`)
    })
  }, looked)
}

/** Whether something is wider than the window, so that one would have to scroll sideways; or than the elements that `of` selects. */
export async function overflowsSideways(page: Page, of = 'html'): Promise<boolean> {
  // A text, since the types of a page's globals are not those of Node.
  return page.evaluate(`[...document.querySelectorAll('${of}')].some((it) => it.scrollWidth > it.clientWidth)`)
}
