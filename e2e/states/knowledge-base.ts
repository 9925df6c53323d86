import type { Page } from 'playwright-core'
import { fail, hold, refuse, type State, shortenPages, untilRefused } from './state.ts'

const path = '/knowledge-base'

function upload(page: Page, ...names: string[]) {
  const files = names.map((name) => ({ name, mimeType: 'application/octet-stream', buffer: Buffer.from('content') }))
  return page.getByLabel('Files to upload').setInputFiles(files)
}

async function addText(page: Page) {
  await page.getByRole('button', { name: 'Add text' }).click()
  await page.getByRole('textbox', { name: 'Text' }).fill('The office is closed on Mondays.')
}

export const knowledgeBaseStates: readonly State[] = [
  { name: 'documents', as: 'owner', path, closes: true, show: (page) => page.getByText('handbook.md').waitFor() },
  { name: 'documents, none yet', as: 'founder', path, show: (page) => page.getByText('No documents yet').waitFor() },
  { name: 'documents, seen by a viewer', as: 'viewer', path, show: (page) => page.getByText('handbook.md').waitFor() },
  {
    name: 'documents, loading',
    as: 'owner',
    path,
    before: async (page) => {
      await hold(page, '**/api/public/v1/knowledge-base')
    },
    show: async (page) => {
      await page.getByText('Loading the documents').waitFor()
    },
  },
  {
    name: 'documents, the server cannot tell',
    as: 'owner',
    path,
    before: (page) => fail(page, '**/api/public/v1/knowledge-base'),
    show: async (page) => {
      await page.getByRole('alert').waitFor()
    },
  },
  {
    name: 'documents, more than are shown',
    as: 'owner',
    path,
    before: (page) => shortenPages(page, '**/api/public/v1/knowledge-base'),
    show: (page) => page.getByRole('button', { name: 'Show more' }).waitFor(),
  },
  { name: 'add a text', as: 'owner', path, closes: true, show: addText },
  {
    name: 'add a text, refused',
    as: 'owner',
    path,
    show: async (page) => {
      await addText(page)
      await page.getByLabel('Name (optional)').fill('a/b')
      await page.getByRole('dialog').getByRole('button', { name: 'Add text' }).click()
      await page.getByRole('alert').waitFor()
    },
  },
  {
    name: 'uploads on their way',
    as: 'owner',
    path,
    show: async (page) => {
      await page.route('**/api/public/v1/knowledge-base', (route) => (route.request().method() === 'POST' ? undefined : route.continue()))
      await upload(page, 'annual-report.pdf', 'minutes.md', 'program.exe')
      await page.getByText('waiting').first().waitFor()
    },
  },
  {
    name: 'uploads that failed, were added and cancelled',
    as: 'owner',
    path,
    show: async (page) => {
      let sent = 0
      await page.route('**/api/public/v1/knowledge-base', (route) => {
        if (route.request().method() !== 'POST' || ++sent === 1) return route.continue()
        return sent === 2 ? route.abort() : undefined
      })
      await upload(page, 'program.exe', 'opening-times.txt', 'annual-report.pdf', 'minutes.md')
      await page.getByText('The connection broke').waitFor()
      await page.getByRole('button', { name: 'Cancel the upload of minutes.md' }).click()
      await page.getByRole('button', { name: 'Try again: minutes.md' }).waitFor()
      await page.getByText('· added').waitFor()
    },
  },
  {
    name: 'uploads that there is no room for',
    as: 'owner',
    path,
    show: async (page) => {
      await page.route('**/api/public/v1/knowledge-base', (route) => {
        if (route.request().method() !== 'POST') return route.continue()
        const detail = 'The organization has room for 5 more bytes of documents, and this one needs more. Delete documents first.'
        const body = JSON.stringify({ code: 'storage_full', detail })
        return route.fulfill({ status: 413, contentType: 'application/problem+json', body })
      })
      await upload(page, 'annual-report.pdf')
      await page.getByText('has room for 5 more bytes').waitFor()
      await page.getByRole('button', { name: 'Try again: annual-report.pdf' }).waitFor()
    },
  },
  {
    name: 'leaving uploads',
    as: 'owner',
    path,
    show: async (page) => {
      await page.route('**/api/public/v1/knowledge-base', (route) => (route.request().method() === 'POST' ? undefined : route.continue()))
      await upload(page, 'annual-report.pdf')
      await page.getByRole('progressbar').waitFor()
      await page.getByRole('button', { name: /^Account of / }).click()
      await page.getByRole('menuitem', { name: 'Account' }).click()
      await page.getByRole('alertdialog').waitFor()
    },
  },
  {
    name: 'files held over the page',
    as: 'owner',
    path,
    show: async (page) => {
      const dataTransfer = await page.evaluateHandle(
        "(() => { const data = new DataTransfer(); data.items.add(new File(['x'], 'x.txt')); return data })()",
      )
      await page.dispatchEvent('#content', 'dragenter', { dataTransfer })
      await page.getByText('Drop the files to add them').waitFor()
    },
  },
  {
    name: 'delete a document',
    as: 'owner',
    path,
    closes: true,
    show: (page) => page.getByRole('button', { name: 'Delete handbook.md' }).click(),
  },
  {
    name: 'delete a document, the server cannot',
    as: 'owner',
    path,
    closes: true,
    show: async (page) => {
      await refuse(page, '**/api/public/v1/knowledge-base/*')
      await page.getByRole('button', { name: 'Delete handbook.md' }).click()
      await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click()
      await untilRefused(page)
    },
  },
  {
    name: 'the link of a document',
    as: 'owner',
    path,
    closes: true,
    show: (page) => page.getByRole('button', { name: 'Public link of handbook.md' }).click(),
  },
]
