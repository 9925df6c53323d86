import { test } from 'node:test'
import { openAcme } from './states/acme.ts'
import { openContexts, showState, states } from './states/states.ts'
import { narrow, openBrowser, wide } from './testing/browser.ts'
import { assertLooks } from './testing/looks.ts'

test('no page, dialog or state keeps people out or is too wide: light and wide, dark and at 320 px', async (t) => {
  const acme = await openAcme(t, { signUp: 'open', maxLiveKeysPerMember: 1_000 })
  const contexts = await openContexts(await openBrowser(t), acme)
  for (const state of states) {
    await t.test(state.name, async () => {
      const page = await showState(contexts[state.as], acme, state, wide)
      await assertLooks(page, 'light')
      await page.setViewportSize(narrow)
      await assertLooks(page, 'dark')
      await page.close()
    })
  }
})
