import { createPasswordReset } from '../../server/organizations/create-password-reset.ts'
import { worldPassword } from '../testing/world.ts'
import type { Acme } from './acme.ts'
import { answer, hold, refuse, type State } from './state.ts'

async function resetLink({ world, loner }: Acme): Promise<string> {
  return `/reset-password#token=${await createPasswordReset(world.database, loner.email)}`
}

const invite =
  (email: string) =>
  ({ world, organizationId, owner }: Acme) =>
    world.invite(organizationId, owner.userId, email, 'member')

export const signInStates: readonly State[] = [
  {
    name: 'sign in, by invitation',
    as: 'nobody',
    path: '/sign-in',
    before: async (page) => {
      await page.route('**/api/dashboard/v1/sign-up', (route) => route.fulfill({ json: { open: false } }))
    },
    show: async (page) => {
      await page.getByText('Somebody who has one invites you').waitFor()
    },
  },
  { name: 'sign in, where signing up is open', as: 'nobody', path: '/sign-in', show: (page) => page.getByText('Create one').waitFor() },
  { name: 'sign in, the session has ended', as: 'nobody', path: '/sign-in?ended=true' },
  {
    name: 'sign in, with a wrong password',
    as: 'nobody',
    path: '/sign-in',
    show: async (page) => {
      await page.getByLabel('E-mail address').fill('ada@example.com')
      await page.getByLabel('Password', { exact: true }).fill('not the password')
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByRole('alert').waitFor()
    },
  },
  {
    name: 'sign in, fields left empty, password shown',
    as: 'nobody',
    path: '/sign-in',
    show: async (page) => {
      await page.getByLabel('Show the password').check()
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.locator('[data-invalid]').first().waitFor()
    },
  },
  {
    name: 'sign in, too many attempts',
    as: 'nobody',
    path: '/sign-in',
    show: async (page) => {
      const body = JSON.stringify({ code: 'too_many_requests', detail: 'There were too many attempts. Try again in a minute.' })
      const headers = { 'retry-after': '60', 'content-type': 'application/problem+json' }
      await page.route('**/sign-in', (route) =>
        route.request().method() === 'POST' ? route.fulfill({ status: 429, headers, body }) : route.continue(),
      )
      await page.getByLabel('E-mail address').fill('ada@example.com')
      await page.getByLabel('Password', { exact: true }).fill('not the password')
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByText('You can try again at').waitFor()
    },
  },
  { name: 'sign up', as: 'nobody', path: '/sign-up', show: (page) => page.getByLabel('Your name').waitFor() },
  {
    name: 'sign up, being asked whether one may',
    as: 'nobody',
    path: '/sign-up',
    before: (page) => hold(page, '**/v1/sign-up'),
    show: (page) => page.getByText('One moment').waitFor(),
  },
  {
    name: 'sign up, by invitation alone',
    as: 'nobody',
    path: '/sign-up',
    before: async (page) => {
      await page.route('**/api/dashboard/v1/sign-up', (route) => route.fulfill({ json: { open: false } }))
    },
    show: async (page) => {
      await page.getByText('Accounts are made by invitation here').waitFor()
    },
  },
  {
    name: 'sign up, with an address that has an account',
    as: 'nobody',
    path: '/sign-up',
    show: async (page) => {
      await page.getByLabel('Your name').fill('Ada')
      await page.getByLabel('E-mail address').fill('ada@example.com')
      await page.getByLabel('Password', { exact: true }).fill(worldPassword)
      await page.getByRole('button', { name: 'Create account' }).click()
      await page.getByText('There is an account with this e-mail address already').waitFor()
    },
  },
  { name: 'set up, without the link', as: 'nobody', path: '/set-up' },
  { name: 'set up', as: 'nobody', path: '/set-up#token=8Zk1', show: (page) => page.getByLabel('Organization').waitFor() },
  {
    name: 'set up, with a link that was used',
    as: 'nobody',
    path: '/set-up#token=8Zk1',
    show: async (page) => {
      await page.getByLabel('Organization').fill('Acme')
      await page.getByLabel('Your name').fill('Ada')
      await page.getByLabel('E-mail address').fill('ada@example.com')
      await page.getByLabel('Password', { exact: true }).fill(worldPassword)
      await page.getByRole('button', { name: 'Create account' }).click()
      await page.getByRole('alert').waitFor()
    },
  },
  { name: 'invitation, without the link', as: 'nobody', path: '/invitations' },
  {
    name: 'invitation, being read',
    as: 'nobody',
    path: '/sign-in',
    show: async (page) => {
      await hold(page, '**/invitations/read')
      await page.goto('/invitations#token=8Zk1')
      await page.getByText('Reading the invitation').waitFor()
    },
  },
  { name: 'invitation, not valid', as: 'nobody', path: '/invitations#token=8Zk1', show: (page) => page.getByRole('alert').waitFor() },
  {
    name: 'invitation, for somebody new',
    as: 'nobody',
    path: invite('margaret@example.com'),
    show: (page) => page.getByRole('button', { name: 'Create account and join' }).waitFor(),
  },
  {
    name: 'invitation, to accept',
    as: 'loner',
    path: (acme) => invite(acme.loner.email)(acme),
    show: (page) => page.getByRole('button', { name: 'Accept the invitation' }).waitFor(),
  },
  {
    name: 'invitation, that cannot be accepted now',
    as: 'loner',
    path: (acme) => invite(acme.loner.email)(acme),
    show: async (page) => {
      await refuse(page, '**/invitations/accept')
      await page.getByRole('button', { name: 'Accept the invitation' }).click()
      await page.getByRole('alert').waitFor()
    },
  },
  {
    name: 'invitation, for another address',
    as: 'loner',
    path: invite('margaret@example.com'),
    show: (page) => page.getByRole('button', { name: 'Sign out and go on' }).waitFor(),
  },
  { name: 'set a password, without the link', as: 'nobody', path: '/reset-password' },
  { name: 'set a password', as: 'nobody', path: resetLink, show: (page) => page.getByLabel('New password', { exact: true }).waitFor() },
  {
    name: 'set a password, with a link that was used',
    as: 'nobody',
    path: '/reset-password#token=8Zk1',
    show: async (page) => {
      await page.getByLabel('New password', { exact: true }).fill(worldPassword)
      await page.getByRole('button', { name: 'Set password' }).click()
      await page.getByRole('alert').waitFor()
    },
  },
  {
    name: 'set a password, done',
    as: 'nobody',
    path: '/reset-password#token=8Zk1',
    show: async (page) => {
      await page.route('**/password-reset', (route) => route.fulfill({ status: 204 }))
      await page.getByLabel('New password', { exact: true }).fill(worldPassword)
      await page.getByRole('button', { name: 'Set password' }).click()
      await page.getByText('Your password is set').waitFor()
    },
  },
  { name: 'no such page', as: 'nobody', alone: true, path: '/no/such/page' },
  { name: 'no such page, signed in', as: 'owner', alone: true, path: '/settings/nothing' },
  {
    name: 'the page fails',
    as: 'owner',
    alone: true,
    path: '/settings/members',
    before: async (page) => {
      await answer(page, '**/session', 503, {
        code: 'database_unavailable',
        detail: 'The database cannot be asked right now. Try again in a moment.',
      })
    },
    show: async (page) => {
      await page.getByText('This page cannot be shown').waitFor()
    },
  },
  {
    name: 'a page within the shell fails',
    as: 'owner',
    alone: true,
    path: '/settings/members',
    before: (page) => page.route('**/assets/members-page-*', (route) => route.abort()),
    show: (page) => page.getByText('This page cannot be shown').waitFor(),
  },
]
