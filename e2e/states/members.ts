import type { Page } from 'playwright-core'
import { fail, hold, refuse, type State, shortenPages, untilRefused } from './state.ts'

const members = '/settings/members'

async function invite(page: Page, email: string) {
  await page.getByRole('button', { name: 'Invite a member' }).click()
  await page.getByLabel('E-mail address').fill(email)
}

export const memberStates: readonly State[] = [
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
    before: (page) => fail(page, '**/organizations/*/members'),
    show: async (page) => {
      await page.getByRole('alert').waitFor()
    },
  },
  {
    name: 'members, more than are shown',
    as: 'owner',
    path: members,
    closes: true,
    before: (page) => shortenPages(page, '**/organizations/*/members'),
    show: (page) => page.getByRole('button', { name: 'Show more' }).waitFor(),
  },
  {
    name: 'members, all of them after more than one page',
    as: 'owner',
    path: members,
    before: (page) => shortenPages(page, '**/organizations/*/members'),
    show: async (page) => {
      const more = page.getByRole('button', { name: 'Show more' })
      // Asked for with what shortens it, which the router does not wait for.
      await more.waitFor()
      await page.unrouteAll({ behavior: 'wait' })
      await more.click()
      await page.getByText('That is all.').waitFor()
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
    name: 'cancel an invitation, the server cannot',
    as: 'owner',
    path: members,
    closes: true,
    show: async (page) => {
      await refuse(page, '**/invitations/*')
      await page.getByRole('button', { name: 'Cancel invitation of linus@example.com' }).click()
      await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel invitation' }).click()
      await untilRefused(page)
    },
  },
  {
    name: 'change a role',
    as: 'owner',
    path: members,
    closes: true,
    show: (page) => page.getByRole('button', { name: 'Change role of Grace Hopper' }).click(),
  },
  {
    name: 'change a role, the last owner',
    as: 'owner',
    path: members,
    closes: true,
    show: async (page) => {
      await page.getByRole('button', { name: 'Change role of yours' }).click()
      await page.getByRole('combobox', { name: 'Role' }).click()
      await page.getByRole('option', { name: /^Admin/ }).click()
      await page.getByRole('listbox').waitFor({ state: 'detached' })
      await page.getByRole('dialog').getByRole('button', { name: 'Change role' }).click()
      await page.getByText('This is the last owner').waitFor()
    },
  },
  {
    name: 'remove a member, the server cannot',
    as: 'owner',
    path: members,
    closes: true,
    show: async (page) => {
      await refuse(page, '**/members/*')
      await page.getByRole('button', { name: 'Remove Grace Hopper' }).click()
      await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click()
      await untilRefused(page)
    },
  },
  {
    name: 'remove a member',
    as: 'owner',
    path: members,
    closes: true,
    show: (page) => page.getByRole('button', { name: 'Remove Grace Hopper' }).click(),
  },
  {
    name: 'revoke all keys of a member, the server cannot',
    as: 'owner',
    path: members,
    closes: true,
    show: async (page) => {
      await refuse(page, '**/keys/revoke-all')
      await page.getByRole('button', { name: 'Revoke all keys of Grace Hopper' }).click()
      await page.getByLabel('Reason').selectOption('Something else …')
      await page.getByText('2 keys of theirs are active now.').waitFor()
      await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke all keys' }).click()
      await untilRefused(page)
    },
  },
  {
    name: 'revoke all keys of a member',
    as: 'owner',
    path: members,
    closes: true,
    show: async (page) => {
      await page.getByRole('button', { name: 'Revoke all keys of Grace Hopper' }).click()
      await page.getByText('2 keys of theirs are active now.').waitFor()
    },
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
]
