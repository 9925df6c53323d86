import type { TestContext } from 'node:test'
import { narrow, openBrowser, wide } from '../testing/browser.ts'
import { assertLooks } from '../testing/looks.ts'
import { openAcme } from './acme.ts'
import type { State } from './state.ts'
import { above, openPages, showState } from './states.ts'

/**
 * Brings about each of the states, and fails where it keeps people out or is too wide: light and wide, dark and at 320 px; a page with
 * nothing above it also dark and wide, and light at 320 px.
 */
export async function checkStates(t: TestContext, states: readonly State[]): Promise<void> {
  const acme = await openAcme(t, { signUp: 'open', maxLiveKeysPerMember: 1_000 })
  const pages = await openPages(await openBrowser(t), acme)
  for (const state of states) {
    await t.test(state.name, async () => {
      const page = pages[state.as]
      await showState(page, acme, state, wide)
      const isPage = (await page.locator(above).count()) === 0
      await assertLooks(page, 'light')
      if (isPage) await assertLooks(page, 'dark')
      await page.setViewportSize(narrow)
      await assertLooks(page, 'dark')
      if (isPage) await assertLooks(page, 'light')
    })
  }
}
