import type { Page } from 'playwright-core'
import { answer, hold, type State } from './state.ts'

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
    before: async (page) => {
      await answer(page, '**/api/public/v1/knowledge-base', 500, {
        code: 'internal_error',
        detail: 'Something went wrong on the server. Try again.',
        requestId: 'req_1',
      })
    },
    show: async (page) => {
      await page.getByRole('alert').waitFor()
    },
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
      await page.route('**/api/public/v1/knowledge-base', (route) =>
        route.request().method() === 'POST' ? route.abort() : route.continue(),
      )
      await upload(page, 'program.exe', 'annual-report.pdf')
      await page.getByText('The connection broke').waitFor()
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
    name: 'the link of a document',
    as: 'owner',
    path,
    closes: true,
    show: (page) => page.getByRole('button', { name: 'Public link of handbook.md' }).click(),
  },
]
