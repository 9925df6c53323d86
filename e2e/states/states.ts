import type { Browser, Page } from 'playwright-core'
import { bringAxe } from '../testing/browser.ts'
import { accountStates } from './account.ts'
import type { Acme } from './acme.ts'
import { auditStates } from './audit.ts'
import { keyPageStates } from './key-page.ts'
import { keyStates } from './keys.ts'
import { knowledgeBaseStates } from './knowledge-base.ts'
import { memberStates } from './members.ts'
import { noticeStates } from './notices.ts'
import { organizationStates } from './organizations.ts'
import { policyStates } from './policy.ts'
import { signInStates } from './sign-in.ts'
import type { State } from './state.ts'

/** Every page of the dashboard, each with its dialogs and what can become of it. */
export const states: readonly State[] = [
  ...signInStates,
  ...keyStates,
  ...keyPageStates,
  ...knowledgeBaseStates,
  ...memberStates,
  ...organizationStates,
  ...policyStates,
  ...auditStates,
  ...accountStates,
  ...noticeStates,
]

/** A page for each of those who see states, with their session. One page for all: what it has read of the dashboard it has for the next. */
export async function openPages(browser: Browser, acme: Acme): Promise<Record<State['as'], Page>> {
  const open = async (person?: { readonly userId: string }) => {
    const context = await browser.newContext({
      baseURL: acme.world.url,
      locale: 'en-GB',
      timezoneId: 'Europe/Berlin',
      reducedMotion: 'reduce',
    })
    context.setDefaultTimeout(30_000)
    await bringAxe(context)
    if (person !== undefined) await context.addCookies([await acme.world.signIn(person.userId)])
    const page = await context.newPage()
    // It may be left, whatever guards it.
    page.on('dialog', (dialog) => dialog.accept())
    return page
  }
  return {
    nobody: await open(),
    owner: await open(acme.owner),
    viewer: await open(acme.viewer),
    founder: await open(acme.founder),
    loner: await open(acme.loner),
  }
}

/** The last state of a page. */
const shown = new WeakMap<Page, State>()

/** Brings a state about in a page of `openPages`, whatever state it was in. */
export async function showState(page: Page, acme: Acme, state: State, viewport: { width: number; height: number }): Promise<void> {
  const last = shown.get(page)
  shown.set(page, state)
  await page.unrouteAll({ behavior: 'ignoreErrors' })
  await page.setViewportSize(viewport)
  const stays = last?.closes === true && last.path === state.path && state.before === undefined
  if (!stays || !(await closeAll(page))) {
    await state.before?.(page, acme)
    const path = typeof state.path === 'string' ? state.path : await state.path(acme)
    const inBrowser = last === undefined || last.alone === true || state.alone === true
    if (inBrowser || !(await openWithin(page, path))) await open(page, path)
  }
  await state.show?.(page, acme)
}

async function open(page: Page, path: string): Promise<void> {
  // An address that differs from the last one by its fragment alone would not be opened anew.
  if (path.includes('#')) await page.goto('about:blank')
  await page.goto(path)
  await page.getByRole('heading', { level: 1 }).waitFor()
}

/**
 * Opens a path in the dashboard that is open, once nothing is left of the page that it shows and of what the server has answered: a
 * third of what the browser takes to open it. Resolves to false where that cannot be: a toast is left, or the dashboard reads the
 * path as it starts.
 */
async function openWithin(page: Page, path: string): Promise<boolean> {
  if (path.includes('#')) return false
  return page.evaluate(
    async ({ path, above }) => {
      interface Router {
        navigate(to: { readonly href: string; readonly ignoreBlocker: true }): Promise<void>
        readonly state: { readonly location: { readonly href: string }; readonly resolvedLocation?: { readonly href: string } }
        readonly options: { readonly context: { readonly queryClient: { cancelQueries(): Promise<void>; clear(): void } } }
      }
      const {
        __TSR_ROUTER__: router,
        document,
        requestAnimationFrame,
      } = globalThis as unknown as {
        readonly __TSR_ROUTER__: Router
        readonly document: { querySelector(selector: string): object | null }
        requestAnimationFrame(then: () => void): void
      }
      const open = async (href: string) => {
        await router.navigate({ href, ignoreBlocker: true })
        // Until what it shows is on the page.
        while (router.state.resolvedLocation?.href !== router.state.location.href) await new Promise<void>(requestAnimationFrame)
      }
      await open('/nothing/is/here')
      await router.options.context.queryClient.cancelQueries()
      router.options.context.queryClient.clear()
      if (document.querySelector(`${above}, body > [aria-hidden=true], body > [inert]`) !== null) return false
      await open(path)
      return true
    },
    { path, above },
  )
}

/** What opens above a page. */
const above = '[role=dialog], [role=alertdialog], [role=menu], [role=listbox]'

/** Closes what is open above the page, and resolves to whether nothing is. */
async function closeAll(page: Page): Promise<boolean> {
  const open = page.locator(above)
  for (let left = await open.count(); left > 0; left--) {
    await page.keyboard.press('Escape')
    const closed = await open
      .nth(left - 1)
      .waitFor({ state: 'detached', timeout: 2_000 })
      .then(
        () => true,
        () => false,
      )
    if (!closed) return false
  }
  return true
}
