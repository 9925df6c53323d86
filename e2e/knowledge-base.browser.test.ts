import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import { narrow, openBrowser, wide } from './testing/browser.ts'
import { account, shareDashboard, signIn } from './testing/dashboard.ts'
import { assertFits, assertFocused, assertFocusedId, callApi } from './testing/looks.ts'
import { temporaryFolder } from './testing/program.ts'

const megabyte = 1_048_576

const browser = await openBrowser({ after })
const { url, signUp } = await shareDashboard({ after }, browser)
const withLittleRoom = await shareDashboard({ after }, browser, { LEAFPAD_MAX_STORAGE_BYTES: String(30 * megabyte) })

const folder = temporaryFolder({ after })

/** A file on the disk, where the browser reads it; its path. */
function file(name: string, content: string | Buffer): string {
  const path = join(mkdtempSync(join(folder, 'file-')), name)
  writeFileSync(path, content)
  return path
}

function upload(page: Page, ...paths: string[]) {
  return page.getByLabel('Files to upload').setInputFiles(paths)
}

/** Drops files on the page, as one does from a folder. */
async function drop(page: Page, files: Readonly<Record<string, string>>) {
  const source = `(() => {
    const dataTransfer = new DataTransfer()
    for (const [name, content] of Object.entries(${JSON.stringify(files)})) dataTransfer.items.add(new File([content], name))
    return dataTransfer
  })()`
  const dataTransfer = await page.evaluateHandle(source)
  await page.dispatchEvent('#content', 'dragenter', { dataTransfer })
  await page.getByText('Drop the files to add them').waitFor()
  await page.dispatchEvent('#content', 'drop', { dataTransfer })
}

for (const viewport of [wide, narrow]) {
  test(`at ${viewport.width} px: texts and files are added, downloaded, linked and deleted`, async (t) => {
    const { page } = await signUp(t, { viewport })
    await page.goto('/knowledge-base')
    await page.getByText('No documents yet').waitFor()
    assert.match(
      await page.getByLabel('Or from a script').inputValue(),
      new RegExp(`^curl -X POST \\\\\n  ${url}/api/public/v1/knowledge-base `),
    )
    await assertFits(page)

    await page.getByRole('button', { name: 'Add text' }).press('Enter')
    await assertFits(page)
    await page.getByRole('textbox', { name: 'Text' }).fill('Product documentation content here')
    await page.getByLabel('Name (optional)').fill('products')
    await page.getByRole('dialog').getByRole('button', { name: 'Add text' }).click()
    const table = page.getByRole('table', { name: /^Documents/ })
    await table.getByText('products.txt').waitFor()
    await page.getByRole('dialog', { name: 'Add text' }).waitFor({ state: 'detached' })
    await assertFocused(page, 'Add text')

    await upload(page, file('handbook.md', '# Handbook\n'), file('paper.pdf', '%PDF-1.7\n'))
    await table.getByText('paper.pdf').waitFor()
    await drop(page, { 'dropped.txt': 'dropped' })
    await table.getByText('dropped.txt').waitFor()
    assert.deepEqual(await table.locator('tbody td:first-child').allTextContents(), [
      'dropped.txt',
      'paper.pdf',
      'handbook.md',
      'products.txt',
    ])
    await table
      .getByRole('row', { name: /handbook\.md/ })
      .getByText('Ada Lovelace')
      .waitFor()
    await page.getByRole('meter', { name: 'Storage' }).and(page.locator('[aria-valuetext="61 bytes used, 50 MB left"]')).waitFor()
    await assertFits(page)

    const downloading = page.waitForEvent('download')
    await page.getByRole('link', { name: 'Download products.txt' }).click()
    const download = await downloading
    assert.equal(download.suggestedFilename(), 'products.txt')
    assert.equal(readFileSync(await download.path(), 'utf8'), 'Product documentation content here')

    await page.getByRole('button', { name: 'Public link of handbook.md' }).press('Enter')
    const link = await page.getByLabel('Link', { exact: true }).inputValue()
    assert.equal(await (await fetch(link)).text(), '# Handbook\n')
    await assertFits(page)
    await page.getByRole('button', { name: 'Done' }).press('Enter')
    await page.getByRole('dialog', { name: 'Public link' }).waitFor({ state: 'detached' })
    await assertFocused(page, 'Public link of handbook.md')

    await page.getByRole('button', { name: 'Delete handbook.md' }).press('Enter')
    const deleting = page.getByRole('alertdialog', { name: 'Delete this document?' })
    await deleting.getByText('handbook.md').waitFor()
    await assertFits(page)
    await deleting.getByRole('button', { name: 'Delete' }).press('Enter')
    await table.getByText('handbook.md').waitFor({ state: 'detached' })
    await deleting.waitFor({ state: 'detached' })
    await assertFocusedId(page, 'documents')
    assert.equal((await fetch(link)).status, 404)
  })

  test(`at ${viewport.width} px: an upload shows how far it is, is cancelled, and is tried again`, async (t) => {
    const { page, context } = await signUp(t, { viewport })
    await page.goto('/knowledge-base')
    await page.getByText('No documents yet').waitFor()
    const network = await context.newCDPSession(page)
    const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: megabyte }
    await network.send('Network.enable')
    await network.send('Network.emulateNetworkConditions', slow)

    await upload(page, file('large.txt', Buffer.alloc(6 * megabyte, 'a')), file('small.txt', 'small'))
    const bar = page.getByRole('progressbar', { name: 'large.txt' })
    const values = new Set<number>()
    while (values.size < 3) {
      const value = Number(await bar.getAttribute('aria-valuenow'))
      if (value > 0 && value < 100) values.add(value)
    }
    assert.deepEqual(
      [...values],
      [...values].toSorted((a, b) => a - b),
    )
    await page.getByText('5 bytes · waiting').waitFor()
    await assertFits(page)

    // Leaving is asked about first.
    await page.getByRole('button', { name: /^Account of / }).click()
    await page.getByRole('menuitem', { name: 'Account' }).click()
    const leaving = page.getByRole('alertdialog', { name: 'Cancel the uploads?' })
    await leaving.getByRole('button', { name: 'Stay' }).click()
    await leaving.waitFor({ state: 'detached' })

    await page.getByRole('button', { name: 'Cancel the upload of large.txt' }).click()
    await page.getByText('6 MB · cancelled').waitFor()
    await assertFocusedId(page, 'uploads')
    await page.getByText('5 bytes · added').waitFor()
    const { json } = await callApi(page, 'GET', '/api/public/v1/knowledge-base')
    assert.deepEqual(
      (json.documents as { fileName: string }[]).map(({ fileName }) => fileName),
      ['small.txt'],
    )

    await network.send('Network.emulateNetworkConditions', { ...slow, uploadThroughput: -1 })
    await page.getByRole('button', { name: 'Try again: large.txt' }).click()
    await page.getByText('6 MB · added').waitFor()
    await page.getByRole('button', { name: 'Clear this list' }).click()
    await page.getByRole('heading', { name: 'Uploads' }).waitFor({ state: 'detached' })
  })

  test(`at ${viewport.width} px: a file that is too large, of the wrong kind, or without room is refused with what to do`, async (t) => {
    const { page, expectComplaint } = await withLittleRoom.signUp(t, { viewport })
    await page.goto('/knowledge-base')
    await page.getByText('No documents yet').waitFor()
    const asked: string[] = []
    page.on('request', (request) => request.method() === 'POST' && asked.push(request.url()))

    await upload(page, file('program.exe', 'MZ'), file('empty.txt', ''), file('huge.txt', Buffer.alloc(31 * megabyte, 'a')))
    await page.getByText('Only files ending in .txt, .md or .pdf can be added. It was not sent.').waitFor()
    await page.getByText('The file is empty. It was not sent.').waitFor()
    await page.getByText('there is room for 30 MB. Delete documents first. It was not sent.').waitFor()
    assert.deepEqual(asked, [])
    await assertFits(page)

    await upload(page, file('large.txt', Buffer.alloc(21 * megabyte, 'a')), file('picture.pdf', 'GIF89a'))
    await page.getByText('The file has more than 20971520 bytes. Send a smaller one, or split it.').waitFor()
    await page.getByText('The file does not begin with %PDF-').waitFor()
    expectComplaint(/413/)
    expectComplaint(/415/)
    assert.equal(asked.length, 2)
    // What the server has said once is known from then on.
    await upload(page, file('large.md', Buffer.alloc(21 * megabyte, 'a')))
    await page.getByText('a file may have 20 MB. Split it, or send a smaller one. It was not sent.').waitFor()
    assert.equal(asked.length, 2)

    // The room that the page knows of is gone by the time the file is sent.
    await page.evaluate(`(() => {
      const body = new FormData()
      body.append('file', new Blob(['x'.repeat(${16 * megabyte})]), 'fill.txt')
      return fetch('/api/public/v1/knowledge-base', { method: 'POST', body })
    })().then(({ status }) => { if (status !== 201) throw new Error(status) })`)
    await upload(page, file('late.txt', Buffer.alloc(15 * megabyte, 'a')))
    await page.getByText('Delete documents, or ask whoever runs the server for more room.').waitFor()
    await page.locator('[aria-valuetext="16 MB used, 14 MB left"]').waitFor()
    await assertFits(page)
  })
}

test('the list goes on a page at a time, and says when that is all', async (t) => {
  const { page } = await signUp(t)
  await page.goto('/settings/api-keys')
  for (let i = 0; i < 51; i++) await callApi(page, 'POST', '/api/public/v1/knowledge-base', { text: 'x', fileName: `${i}.txt` })
  await page.goto('/knowledge-base')
  const rows = page.locator('tbody tr')
  await page.getByText('50.txt').waitFor()
  assert.equal(await rows.count(), 50)
  await page.getByRole('button', { name: 'Show more' }).press('Enter')
  await page.getByText('0.txt', { exact: true }).waitFor()
  assert.equal(await rows.count(), 51)
  await assertFocused(page, 'That is all.')
})

test('what is written does not go into another organization that was switched to elsewhere: 409, and the page follows', async (t) => {
  const { page, expectComplaint } = await signUp(t)
  await page.goto('/knowledge-base')
  await page.getByRole('button', { name: 'Add text' }).click()
  const { json } = await callApi(page, 'POST', '/api/dashboard/v1/organizations', { name: 'Difference Works' })
  const organizationId = (json.organization as { id: string }).id
  await callApi(page, 'PUT', '/api/dashboard/v1/session/organization', { organizationId })
  await page.getByRole('textbox', { name: 'Text' }).fill('meant for Acme')
  await page.getByRole('dialog').getByRole('button', { name: 'Add text' }).click()
  await page.getByRole('button', { name: 'Organization: Difference Works' }).waitFor()
  await page.getByText('Another tab has switched to Difference Works.', { exact: true }).waitFor()
  await page.getByText('No documents yet').waitFor()
  expectComplaint(/409/)
  assert.deepEqual((await callApi(page, 'GET', '/api/public/v1/knowledge-base')).json.documents, [])
})

test('an upload after the session ended leads to signing in, and back', async (t) => {
  const { page, context, email, expectComplaint } = await signUp(t)
  await page.goto('/knowledge-base')
  await page.getByText('No documents yet').waitFor()
  await context.clearCookies()
  await upload(page, file('late.txt', 'late'))
  await page.getByText('Your session has ended').waitFor()
  expectComplaint(/401/)
  await signIn(page, { ...account, email })
  await page.waitForURL(`${url}/knowledge-base`)
  await page.getByText('No documents yet').waitFor()
})
