import type { Page } from 'playwright-core'
import { answer, hold, type State } from './state.ts'

const members = '/settings/members'
const organization = '/settings/organization'

async function invite(page: Page, email: string) {
  await page.getByRole('button', { name: 'Invite a member' }).click()
  await page.getByLabel('E-mail address').fill(email)
}

export const organizationStates: readonly State[] = [
  { name: 'members', as: 'owner', path: members, closes: true, show: (page) => page.getByText('linus@example.com').waitFor() },
  { name: 'members, alone', as: 'founder', path: members, show: (page) => page.getByText('Nobody is invited').waitFor() },
  { name: 'members, seen by a viewer', as: 'viewer', path: members, show: (page) => page.getByText('Grace Hopper').waitFor() },
  {
    name: 'members, loading',
    as: 'owner',
    path: members,
    before: async (page) => {
      await hold(page, '**/organizations/*/members')
      await hold(page, '**/organizations/*/invitations')
    },
    show: async (page) => {
      await page.getByText('Loading the members').waitFor()
    },
  },
  {
    name: 'members, the server cannot tell',
    as: 'owner',
    path: members,
    before: async (page) => {
      await answer(page, '**/organizations/*/members', 500, {
        code: 'internal_error',
        detail: 'Something went wrong on the server. Try again.',
        requestId: 'req_1',
      })
    },
    show: async (page) => {
      await page.getByRole('alert').waitFor()
    },
  },
  {
    name: 'invite',
    as: 'owner',
    path: members,
    closes: true,
    show: async (page) => {
      await invite(page, 'margaret@example.com')
      await page.getByRole('combobox', { name: 'Role' }).click()
      await page.getByRole('option', { name: /^Viewer/ }).waitFor()
    },
  },
  {
    name: 'invite, a member already',
    as: 'owner',
    path: members,
    closes: true,
    show: async (page) => {
      await invite(page, 'grace@example.com')
      await page.getByRole('button', { name: 'Make the link' }).click()
      await page.getByText('is a member of the organization already').waitFor()
    },
  },
  {
    name: 'the link of an invitation',
    as: 'owner',
    path: members,
    show: async (page) => {
      await invite(page, 'margaret@example.com')
      await page.getByRole('button', { name: 'Make the link' }).click()
      await page.getByText('The invitation is made').waitFor()
    },
  },
  {
    name: 'cancel an invitation',
    as: 'owner',
    path: members,
    closes: true,
    show: (page) => page.getByRole('button', { name: 'Cancel invitation of linus@example.com' }).click(),
  },
  {
    name: 'change a role',
    as: 'owner',
    path: members,
    closes: true,
    show: (page) => page.getByRole('button', { name: 'Change role of Grace Hopper' }).click(),
  },
  {
    name: 'remove a member',
    as: 'owner',
    path: members,
    closes: true,
    show: (page) => page.getByRole('button', { name: 'Remove Grace Hopper' }).click(),
  },
  { name: 'leave', as: 'viewer', path: members, closes: true, show: (page) => page.getByRole('button', { name: 'Leave' }).click() },
  {
    name: 'leave, the last owner',
    as: 'owner',
    path: members,
    closes: true,
    show: async (page) => {
      await page.getByRole('button', { name: 'Leave' }).click()
      await page.getByRole('alertdialog').getByRole('button', { name: 'Leave' }).click()
      await page.getByRole('alert').waitFor()
    },
  },
  {
    name: 'organization',
    as: 'owner',
    path: organization,
    closes: true,
    show: (page) => page.getByText('Delete the organization').waitFor(),
  },
  { name: 'organization, seen by a viewer', as: 'viewer', path: organization },
  {
    name: 'delete the organization, mistyped',
    as: 'owner',
    path: organization,
    closes: true,
    show: async (page) => {
      await page.getByRole('button', { name: 'Delete organization' }).click()
      await page.getByLabel('Type the name').fill('Acne')
      await page.getByRole('dialog').getByRole('button', { name: 'Delete organization' }).click()
      await page.getByText('This is not the name.').waitFor()
    },
  },
  { name: 'new organization', as: 'owner', path: '/organizations/new' },
  {
    name: 'in no organization',
    as: 'loner',
    path: '/knowledge-base',
    show: (page) => page.getByText('You are in no organization').waitFor(),
  },
  {
    name: 'choose an organization',
    as: 'owner',
    path: '/knowledge-base',
    before: async (page) => {
      const user = { id: 'user_1', name: 'Ada Lovelace', email: 'ada@example.com' }
      await page.route('**/session', (route) => route.fulfill({ json: { user, organization: null } }))
    },
    show: async (page) => {
      await page.getByText('Choose an organization').waitFor()
    },
  },
  {
    name: 'not a member any more',
    as: 'owner',
    path: '/knowledge-base',
    show: async (page) => {
      const user = { id: 'user_1', name: 'Ada Lovelace', email: 'ada@example.com' }
      await page.route('**/session', (route) => route.fulfill({ json: { user, organization: null } }))
      await page.evaluate("document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))")
      await page.getByText('You are no longer a member of Acme').waitFor()
    },
  },
  {
    name: 'the organizations',
    as: 'owner',
    path: members,
    closes: true,
    show: async (page) => {
      await page.getByRole('button', { name: 'Organization: Acme' }).click()
      await page.getByRole('menuitemradio', { name: 'Difference Works' }).waitFor()
    },
  },
  {
    name: 'the menu where there is no room for it',
    as: 'owner',
    path: members,
    show: async (page) => {
      const menu = page.getByRole('button', { name: 'Menu', exact: true })
      // There is room where the window is wide.
      if (await menu.isVisible()) await menu.click()
    },
  },
]
