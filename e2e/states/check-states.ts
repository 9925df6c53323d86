import type { TestContext } from 'node:test'
import { narrow, openBrowser, wide } from '../testing/browser.ts'
import { assertLooks } from '../testing/looks.ts'
import { openAcme } from './acme.ts'
import type { State } from './state.ts'
import { openPages, showState } from './states.ts'

/**
 * Brings about each of the states, and fails where it keeps people out or is too wide: light and wide, dark and at 320 px. The first
 * state of each page, for each of those who see it, also dark and wide, light and at 320 px: all would take a quarter more.
 */
export async function checkStates(t: TestContext, states: readonly State[]): Promise<void> {
  const acme = await openAcme(t, { signUp: 'open', maxLiveKeysPerMember: 1_000 })
  const pages = await openPages(await openBrowser(t), acme)
  const opened = new Set<string>()
  for (const state of states) {
    const opens = `${state.as} ${state.path}`
    const isFirst = !opened.has(opens)
    opened.add(opens)
    await t.test(state.name, async () => {
      const page = pages[state.as]
      await showState(page, acme, state, wide)
      await assertLooks(page, 'light')
      if (isFirst) await assertLooks(page, 'dark', 'colours')
      await page.setViewportSize(narrow)
      await assertLooks(page, 'dark', 'what is above')
      if (isFirst) await assertLooks(page, 'light', 'colours')
    })
  }
}
