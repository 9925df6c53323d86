import type { Page } from 'playwright-core'
import { worldPassword } from '../testing/world.ts'
import type { Acme } from './acme.ts'
import { fail, hold, refuse, type State, untilRefused } from './state.ts'

async function changePassword(page: Page, old: string) {
  await page.getByLabel('Current password').fill(old)
  await page.getByLabel('New password').fill(worldPassword)
  await page.getByRole('button', { name: 'Change password' }).click()
}

/** Signs the owner in somewhere else too. */
const anotherSession = (_page: Page, { world, owner }: Acme) => world.signIn(owner.userId)

async function openEnding(page: Page) {
  await page
    .getByRole('button', { name: /^End the session in/ })
    .first()
    .click()
}

export const accountStates: readonly State[] = [
  { name: 'account', as: 'owner', path: '/account', closes: true, show: (page) => page.getByText('This session').waitFor() },
  {
    name: 'account, loading the sessions',
    as: 'owner',
    path: '/account',
    before: async (page) => {
      await hold(page, '**/sessions')
    },
    show: async (page) => {
      await page.getByText('Loading your sessions').waitFor()
    },
  },
  {
    name: 'account, wrong password',
    as: 'owner',
    path: '/account',
    show: async (page) => {
      await changePassword(page, 'not the password')
      await page.getByRole('alert').waitFor()
    },
  },
  {
    name: 'account, password changed',
    as: 'loner',
    path: '/account',
    show: async (page) => {
      await changePassword(page, worldPassword)
      await page.getByText('The password is changed').waitFor()
    },
  },
  {
    name: 'account, sessions and a name that the server cannot do with',
    as: 'owner',
    path: '/account',
    before: (page) => fail(page, '**/sessions'),
    show: async (page) => {
      await refuse(page, '**/v1/account')
      await page.getByRole('button', { name: 'Save name' }).click()
      await page.getByText('cannot be asked right now').waitFor()
      await page.getByText('Something went wrong on the server.').waitFor()
    },
  },
  {
    name: 'account, name changed',
    as: 'owner',
    path: '/account',
    show: async (page) => {
      await page.getByRole('button', { name: 'Save name' }).click()
      await page.getByText('Your name is changed.', { exact: true }).waitFor()
    },
  },
  {
    name: 'end a session',
    as: 'owner',
    path: '/account',
    closes: true,
    before: anotherSession,
    show: async (page) => {
      await openEnding(page)
      await page.getByRole('alertdialog').waitFor()
    },
  },
  {
    name: 'end a session, the server cannot',
    as: 'owner',
    path: '/account',
    closes: true,
    before: anotherSession,
    show: async (page) => {
      await refuse(page, '**/sessions/*')
      await openEnding(page)
      await page.getByRole('alertdialog').getByRole('button', { name: 'End session' }).click()
      await untilRefused(page)
    },
  },
  {
    name: 'end all other sessions',
    as: 'owner',
    path: '/account',
    closes: true,
    before: anotherSession,
    show: async (page) => {
      await page.getByRole('button', { name: 'End all other sessions' }).click()
      await page.getByRole('alertdialog').waitFor()
    },
  },
  {
    name: 'delete the account',
    as: 'owner',
    path: '/account',
    closes: true,
    show: async (page) => {
      await page.getByRole('button', { name: 'Delete account' }).click()
      await page.getByRole('dialog').waitFor()
    },
  },
  {
    name: 'delete the account, wrong password',
    as: 'owner',
    path: '/account',
    closes: true,
    show: async (page) => {
      await page.getByRole('button', { name: 'Delete account' }).click()
      await page.getByRole('dialog').getByLabel('Password', { exact: true }).fill('not the password')
      await page.getByRole('dialog').getByRole('button', { name: 'Delete account' }).click()
      await page.getByRole('dialog').getByRole('alert').waitFor()
    },
  },
  {
    name: 'delete the account, the last owner',
    as: 'owner',
    path: '/account',
    closes: true,
    show: async (page) => {
      await page.getByRole('button', { name: 'Delete account' }).click()
      await page.getByRole('dialog').getByLabel('Password', { exact: true }).fill(worldPassword)
      await page.getByRole('dialog').getByRole('button', { name: 'Delete account' }).click()
      await page.getByText('The organization is Acme').waitFor()
    },
  },
  {
    name: 'menu of the account',
    as: 'owner',
    path: '/account',
    closes: true,
    show: async (page) => {
      await page.getByRole('button', { name: /^Account of / }).click()
      await page.getByRole('menuitem', { name: 'Sign out' }).waitFor()
    },
  },
]
