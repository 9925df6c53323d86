import type { Page } from 'playwright-core'
import { fail, hold, holdToPolicy, refuse, type State, strictPolicy, untilRefused } from './state.ts'

const organization = '/settings/organization'

async function savePolicy(page: Page) {
  await page.getByRole('button', { name: 'Save policy' }).click()
}

async function confirmStricter(page: Page) {
  await page.getByRole('alertdialog').getByRole('button', { name: 'Save policy' }).click()
  await page.getByRole('alertdialog').waitFor({ state: 'detached' })
}

export const policyStates: readonly State[] = [
  {
    name: 'policy, strict, seen by a viewer',
    as: 'viewer',
    path: organization,
    before: (page) => holdToPolicy(page),
    show: (page) => page.getByText('203.0.113.7/32').waitFor(),
  },
  {
    name: 'policy, loading',
    as: 'owner',
    path: organization,
    before: (page) => hold(page, '**/policy'),
    show: (page) => page.getByText('Loading the policy').waitFor(),
  },
  {
    name: 'policy, the server cannot tell',
    as: 'owner',
    path: organization,
    before: (page) => fail(page, '**/policy'),
    show: (page) => page.getByRole('alert').waitFor(),
  },
  {
    name: 'policy, errors at their fields',
    as: 'owner',
    path: organization,
    show: async (page) => {
      await page.getByLabel('Longest lifetime, in days').fill('45.5')
      await page.getByLabel('Networks', { exact: true }).fill('10.0.0.1/8')
      await savePolicy(page)
      await page.locator('[data-invalid]').first().waitFor()
      await page.getByLabel('Longest lifetime, in days').fill('')
      await savePolicy(page)
      await confirmStricter(page)
      await page.getByText('write 10.0.0.0/8').waitFor()
    },
  },
  {
    name: 'policy, stricter',
    as: 'owner',
    path: organization,
    closes: true,
    before: (page) => holdToPolicy(page),
    show: async (page) => {
      await page.getByLabel('Longest lifetime, in days').fill('10')
      await page.getByLabel('Days without use').fill('1')
      await page.getByLabel('Networks', { exact: true }).fill('10.0.0.0/8')
      await savePolicy(page)
      await page.getByRole('alertdialog').waitFor()
    },
  },
  {
    name: 'policy, saved',
    as: 'owner',
    path: organization,
    before: async (page) => {
      await page.route('**/policy', (route) => route.fulfill({ json: { policy: strictPolicy } }))
      await page.route('**/keys?status=blocked*', (route) => route.fulfill({ json: { keys: [{}, {}, {}], nextCursor: null } }))
    },
    show: async (page) => {
      await page.getByLabel('Days without use').fill('90')
      await savePolicy(page)
      await page.getByText('3 keys are blocked by it.').waitFor()
    },
  },
  {
    name: 'policy, saved, and it is not known what it blocks',
    as: 'owner',
    path: organization,
    before: async (page) => {
      await page.route('**/policy', (route) => route.fulfill({ json: { policy: strictPolicy } }))
      await fail(page, '**/keys?status=blocked*')
    },
    show: async (page) => {
      await page.getByLabel('Days without use').fill('90')
      await savePolicy(page)
      await page.getByText('Something went wrong on the server').waitFor()
    },
  },
  {
    name: 'policy, the server cannot',
    as: 'owner',
    path: organization,
    show: async (page) => {
      await refuse(page, '**/policy')
      await page.getByLabel('Live keys a member').fill('5')
      await savePolicy(page)
      await untilRefused(page)
    },
  },
]
