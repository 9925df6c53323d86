import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'

/** What has the focus, as its label says. A text, since the types of a page's globals are not those of Node. */
const focused = `(() => {
  const it = document.activeElement
  const labels = [...(it.labels ?? [])].map((label) => label.textContent)
  const by = it.getAttribute('aria-labelledby')?.split(' ').map((id) => document.getElementById(id)?.textContent) ?? []
  return [it.getAttribute('aria-label'), ...by, ...labels, it.textContent].filter(Boolean).map((text) => text.trim())
})()`

/** Whether what has the focus shows it. */
const outlined = `(() => {
  const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(document.activeElement)
  return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2 && !/transparent|, 0\\)/.test(outlineColor)
})()`

/** Goes on by Tab to what has this name, which shows that it has the focus. */
export async function tabTo(page: Page, name: string): Promise<void> {
  const passed: string[] = []
  for (let steps = 0; steps < 60; steps++) {
    const names = await page.evaluate<string[]>(focused)
    if (names.includes(name)) {
      assert.equal(await page.evaluate(outlined), true, `“${name}” has the focus, and no outline`)
      return
    }
    passed.push(names[0] ?? '')
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab never came to “${name}”: ${passed.join(' → ')}`)
}

/** Waits until what has the focus has this name. */
export async function focusOn(page: Page, name: string): Promise<void> {
  const deadline = Date.now() + 5_000
  let names: string[]
  do names = await page.evaluate<string[]>(focused)
  while (!names.includes(name) && Date.now() < deadline)
  assert.ok(names.includes(name), `“${name}” has not the focus, but ${names}`)
}
