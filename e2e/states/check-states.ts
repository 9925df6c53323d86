import type { TestContext } from 'node:test'
import { narrow, openBrowser, wide } from '../testing/browser.ts'
import { assertLooks } from '../testing/looks.ts'
import { openAcme } from './acme.ts'
import type { State } from './state.ts'
import { openContexts, showState } from './states.ts'

/** Brings about each of the states, and fails where it keeps people out or is too wide: light and wide, dark and at 320 px. */
export async function checkStates(t: TestContext, states: readonly State[]): Promise<void> {
  const acme = await openAcme(t, { signUp: 'open', maxLiveKeysPerMember: 1_000 })
  // One process for the pages of a context: what it has read of the dashboard once, it has for the next.
  const contexts = await openContexts(await openBrowser(t, ['--renderer-process-limit=1']), acme)
  for (const state of states) {
    await t.test(state.name, async () => {
      const page = await showState(contexts[state.as], acme, state, wide)
      await assertLooks(page, 'light')
      await page.setViewportSize(narrow)
      await assertLooks(page, 'dark')
      await page.close()
    })
  }
}
