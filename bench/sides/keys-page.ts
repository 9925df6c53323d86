import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { openBrowser } from '../../e2e/testing/browser.ts'
import { setUp } from '../../e2e/testing/dashboard.ts'
import { haveDashboard } from '../../server/have-dashboard.ts'
import { freePort } from '../../server/testing/postgres.ts'
import { onAnyCore } from '../cores.ts'
import type { Side } from '../line.ts'

/** As many as a person may have in an organization by default, and as many as a page of the list has. */
const keyCount = 50

/** The tests' browser compiles pages less well than one does that is left as it comes. */
const asPeopleHaveIt = ['--js-flags=']

export interface KeysPage {
  /** From the address being opened to the last key of the list being there, and one that can be acted upon. */
  readonly usableMs: number
  /** JavaScript that the page took, each file compressed with gzip. */
  readonly scriptBytes: number
}

/** Settings → API Keys in a browser that has nothing of it yet, signed in. */
export const keysPage: Side<KeysPage> = {
  name: 'keys-page',
  async open(bench) {
    await haveDashboard(() => {})
    const port = await freePort()
    const env = { ...process.env, LEAFPAD_DATA_DIR: join(bench.folder, 'keys-page'), LEAFPAD_PORT: String(port) }
    const server = bench.startProgram('server', [process.execPath, 'server/launch.ts'], env, join(import.meta.dirname, '..', '..'))
    const setUpLink = await new Promise<string>((resolve, reject) => {
      let text = ''
      server.stderr!.on('data', (data) => {
        text += data
        const link = /http\S+\/set-up#token=[\w-]{43}(?=\n)/.exec(text)
        if (link !== null) resolve(link[0])
      })
      server.once('exit', () => reject(new Error(`The server ended: ${text}`)))
    })
    const browser = await onAnyCore(() => openBrowser(bench, asPeopleHaveIt))
    const baseURL = `http://localhost:${port}`
    const context = await browser.newContext({ baseURL })
    const page = await context.newPage()
    await setUp(page, setUpLink)
    await page.evaluate(generateKeys, keyCount)
    const storageState = await context.storageState()
    await context.close()

    return async () => {
      const fresh = await browser.newContext({ baseURL, storageState })
      try {
        const opened = await fresh.newPage()
        const scripts: Promise<Buffer>[] = []
        opened.on('response', (response) => {
          if (response.request().resourceType() === 'script') scripts.push(response.body())
        })
        // Told by the page itself: a driver that asks now and then would find out up to half a second late.
        const shown = new Promise((resolve) => opened.exposeFunction('told', resolve))
        await opened.addInitScript(tellWhenShown, `Actions for ${keyName(0)}`)
        const beganAt = performance.now()
        await opened.goto('/settings/api-keys', { waitUntil: 'commit' })
        await shown
        const usableMs = performance.now() - beganAt
        await opened.getByRole('button', { name: `Actions for ${keyName(0)}` }).click({ trial: true })
        const bodies = await Promise.all(scripts)
        return { usableMs, scriptBytes: bodies.reduce((sum, body) => sum + gzipSync(body, { level: 9 }).length, 0) }
      } finally {
        await fresh.close()
      }
    }
  },
}

/** Made in this order, and listed in the opposite one. */
const keyName = (index: number) => `Key of the bench ${index}`

/** Runs in the page. */
async function generateKeys(count: number): Promise<void> {
  const answer = await fetch('/api/dashboard/v1/organizations')
  const { organizations } = (await answer.json()) as { organizations: { id: string }[] }
  for (let index = 0; index < count; index++) {
    const response = await fetch('/api/dashboard/v1/keys', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: `Key of the bench ${index}`, organizationId: organizations[0]!.id, expiresInDays: 90 }),
    })
    if (!response.ok) throw new Error(await response.text())
  }
}

/** Runs in the page: calls `told` once a button with this name is there and has been painted. */
function tellWhenShown(name: string): void {
  const page = globalThis as unknown as PageGlobals
  const observer = new page.MutationObserver(() => {
    if (page.document.querySelector(`button[aria-label="${name}"]`) === null) return
    observer.disconnect()
    // The second frame begins when the first has been painted.
    page.requestAnimationFrame(() => page.requestAnimationFrame(() => page.told()))
  })
  observer.observe(page.document, { childList: true, subtree: true })
}

/** The part of a page's globals that is used in it. */
interface PageGlobals {
  readonly document: { querySelector(selector: string): object | null }
  readonly MutationObserver: new (changed: () => void) => { observe(target: object, options: object): void; disconnect(): void }
  requestAnimationFrame(next: () => void): void
  told(): void
}
