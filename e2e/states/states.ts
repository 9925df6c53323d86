import type { Browser, BrowserContext, Page } from 'playwright-core'
import { accountStates } from './account.ts'
import type { Acme } from './acme.ts'
import { keyStates } from './keys.ts'
import { knowledgeBaseStates } from './knowledge-base.ts'
import { organizationStates } from './organizations.ts'
import { signInStates } from './sign-in.ts'
import type { State } from './state.ts'

/** Every page of the dashboard, each with its dialogs and what can become of it. */
export const states: readonly State[] = [...signInStates, ...keyStates, ...knowledgeBaseStates, ...organizationStates, ...accountStates]

/** A context for each of those who see states, with their sessions. */
export async function openContexts(browser: Browser, acme: Acme): Promise<Record<State['as'], BrowserContext>> {
  const open = async (person?: { readonly userId: string }) => {
    const context = await browser.newContext({
      baseURL: acme.world.url,
      locale: 'en-GB',
      timezoneId: 'Europe/Berlin',
      reducedMotion: 'reduce',
    })
    context.setDefaultTimeout(30_000)
    if (person !== undefined) await context.addCookies([await acme.world.signIn(person.userId)])
    return context
  }
  return {
    nobody: await open(),
    owner: await open(acme.owner),
    viewer: await open(acme.viewer),
    founder: await open(acme.founder),
    loner: await open(acme.loner),
  }
}

/** Brings a state about in a page, which is the caller's to close. */
export async function showState(
  context: BrowserContext,
  acme: Acme,
  state: State,
  viewport: { width: number; height: number },
): Promise<Page> {
  const page = await context.newPage()
  await page.setViewportSize(viewport)
  await state.before?.(page, acme)
  await page.goto(typeof state.path === 'string' ? state.path : await state.path(acme))
  await page.getByRole('heading', { level: 1 }).waitFor()
  await state.show?.(page, acme)
  return page
}
