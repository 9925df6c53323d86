/**
 * Screenshots of every page, dialog and state, to be looked at: `npm run screenshots -- <folder>`, light and wide, at 320 px, and
 * dark. A text after the folder takes only the states whose name contains it. `npm run screenshots` alone renews those in README.
 */
import '../server/check-node.ts'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { openAcme } from './states/acme.ts'
import { openPages, showState, states } from './states/states.ts'
import { narrow, openBrowser, wide } from './testing/browser.ts'
import { settle } from './testing/looks.ts'
import { root } from './testing/program.ts'

/** Those in README: the state, how it is taken, the file's name. */
const inReadme = [
  { state: 'keys', viewport: { width: 1280, height: 760 }, colorScheme: 'light', name: 'keys' },
  { state: 'shown once, copied and tested', viewport: { width: 900, height: 900 }, colorScheme: 'dark', name: 'shown-once' },
] as const

const [folder, wanted = ''] = process.argv.slice(2)
const target = folder ?? join(root, 'docs', 'images')
mkdirSync(target, { recursive: true })
const shots =
  folder === undefined
    ? inReadme
    : states
        .filter(({ name }) => name.includes(wanted))
        .flatMap(({ name }) => {
          const file = name.replace(/[^\w]+/g, '-')
          return [
            { state: name, viewport: wide, colorScheme: 'light' as const, name: `${file}.wide` },
            { state: name, viewport: narrow, colorScheme: 'light' as const, name: `${file}.narrow` },
            { state: name, viewport: wide, colorScheme: 'dark' as const, name: `${file}.dark` },
          ]
        })

const closing: (() => Promise<void>)[] = []
const after = (close: () => unknown) => void closing.unshift(async () => void (await close()))
try {
  const acme = await openAcme({ after } as never, { signUp: 'open', maxLiveKeysPerMember: 1_000 })
  const pages = await openPages(await openBrowser({ after }), acme)
  for (const { state: name, viewport, colorScheme, name: file } of shots) {
    const state = states.find((candidate) => candidate.name === name)
    if (state === undefined) throw new Error(`There is no state "${name}".`)
    const page = pages[state.as]
    await showState(page, acme, state, viewport)
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await settle(page)
    const path = join(target, `${file}.png`)
    await page.screenshot({ path, fullPage: folder !== undefined && !(await page.locator('[role=dialog], [role=alertdialog]').count()) })
    console.log(path)
  }
} finally {
  for (const close of closing) await close()
}
